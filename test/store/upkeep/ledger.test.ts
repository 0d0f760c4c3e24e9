import assert from "node:assert/strict";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import type { SentRequest } from "../../../src/core/ports/request-log.ts";
import type { Database } from "../../../src/store/database.ts";
import { chain, requests, saveRequest } from "../../../src/store/requests.ts";
import { rebuildStore } from "../../../src/store/upkeep/rebuild.ts";
import { answeredBy, messageOf, nextOf, requestOf, textsIn } from "../sample-requests.ts";
import { idOf } from "../samples.ts";
import { damagePage, rootOf } from "./damage-pages.ts";
import { keptStore, type KeptStore } from "./kept-store.ts";
import { withStore } from "./used-store.ts";

const a = answeredBy(requestOf("a"), "answer a");
const b = answeredBy(nextOf(a, "b"), "answer b");
const c = answeredBy(nextOf(b, "c"), "answer c");
/** Goes on from the first answer, and repeats nothing of the second. */
const fork = answeredBy(nextOf(a, "fork"), "answer fork");
/** Follows the last one in a new epoch, and shows a text of the first again. */
const anew = nextOf(c, "anew", { keeps: 0, epoch: 2, added: [messageOf("user", ["a", "anew"])] });
const all: readonly SentRequest[] = [a, b, c, fork, anew];

/** A store with these five requests. */
function store(t: TestContext): KeptStore {
  const kept = keptStore(t);
  kept.rows((database) => all.forEach((request) => saveRequest(database, request)));
  return kept;
}

/** The ids of the requests whose chain can be read, and of all that are known. */
function left(database: Database): readonly [whole: string, known: string] {
  const known = requests(database, "s", 9).map(({ id }) => id);
  const whole = known.filter((id) => chain(database, id).length > 0);
  return [whole.toSorted().join(" "), known.toSorted().join(" ")];
}

const damages: Record<string, { sql: string; whole: string; known: string; done: string }> = {
  "a text of the second request": {
    sql: `update request_texts set text = x'60' where digest = '${idOf("b")}'`,
    whole: "a anew fork",
    known: "a anew b c fork",
    done: "0 requests removed, the texts of 2 forgotten",
  },
  "a text of the first that is shown again": {
    sql: `update request_texts set text = x'60' where digest = '${idOf("a")}'`,
    whole: "",
    known: "a anew b c fork",
    done: "0 requests removed, the texts of 5 forgotten",
  },
  "the facts of the second": {
    sql: "update requests set model = 'other' where id = 'b'",
    whole: "a anew fork",
    known: "a anew c fork",
    done: "1 request removed, the texts of 1 forgotten",
  },
  "the row of the second, which is gone": {
    sql: "delete from request_blocks where request_id = 'b'; delete from requests where id = 'b'",
    whole: "a anew fork",
    known: "a anew c fork",
    done: "0 requests removed, the texts of 1 forgotten",
  },
  "the answer of the last": {
    sql: "delete from request_blocks where request_id = 'c' and part = 'answer'",
    whole: "a anew b fork",
    known: "a anew b c fork",
    done: "0 requests removed, the texts of 1 forgotten",
  },
  "the length of the first": {
    sql: "update requests set messages = 1 where id = 'a'",
    whole: "anew",
    known: "a anew b c fork",
    done: "0 requests removed, the texts of 4 forgotten",
  },
  "a text that nothing needs": {
    sql: "insert into request_texts values (1, 'digest', x'60')",
    whole: "a anew b c fork",
    known: "a anew b c fork",
    done: "0 requests removed, the texts of 0 forgotten",
  },
  "the mark of one that was forgotten": {
    sql: "update requests set forgotten = 1 where id = 'b'",
    whole: "a anew fork",
    known: "a anew b c fork",
    done: "0 requests removed, the texts of 2 forgotten",
  },
};

for (const [what, { sql, whole, known, done }] of Object.entries(damages)) {
  test(`${what}: mending keeps all that can be rebuilt`, async (t) => {
    const kept = store(t);
    kept.sql(sql);
    const report = await kept.upkeep.verify({ copies: "none" });
    assert.equal(report.faults.length, 1);
    const mended = await kept.upkeep.mend(report);
    assert.deepEqual([mended.mended.map((one) => one.done), mended.left], [[done], []]);
    assert.deepEqual((await kept.upkeep.verify({ copies: "none" })).faults, []);
    const again = await kept.upkeep.mend(report);
    assert.deepEqual([again.mended, again.left], [[], report.faults], "nothing is left to mend");
    withStore(kept.folder, (database) => assert.deepEqual(left(database), [whole, known]));
  });

  test(`${what}: a rebuilt store keeps all that can be rebuilt`, async (t) => {
    const kept = store(t);
    kept.sql(sql);
    assert.ok(rebuildStore(kept.folder).isReplaced);
    assert.deepEqual((await kept.upkeep.verify({ copies: "none" })).faults, []);
    withStore(kept.folder, (database) => assert.deepEqual(left(database), [whole, known]));
  });
}

test("a damaged database is not taken for a damaged ledger", async (t) => {
  const kept = store(t);
  const report = await kept.upkeep.verify({ copies: "none" });
  const fault = { kind: "database-damaged", path: "registry.sqlite", names: [] } as const;
  const { mended, left: others } = await kept.upkeep.mend({ ...report, faults: [fault] });
  assert.deepEqual([mended, others], [[], [fault]]);
});

for (const table of ["requests", "request_blocks", "request_texts"]) {
  test(`a store whose table ${table} cannot be read is rebuilt with everything else`, async (t) => {
    const kept = store(t);
    const file = join(kept.folder, "registry.sqlite");
    damagePage(file, rootOf(file, table));
    const report = rebuildStore(kept.folder);
    assert.deepEqual([report.isReplaced, report.lost], [true, []]);
    assert.deepEqual((await kept.upkeep.verify({ copies: "none" })).faults, []);
    withStore(kept.folder, (database) => {
      const [whole, known] = left(database);
      assert.equal(whole, "");
      assert.equal(known, table === "requests" ? "" : "a anew b c fork");
      assert.equal(textsIn(database), 0);
    });
  });
}

test("what is wrong in the ledger of another owner is not ours to tell", async (t) => {
  const kept = store(t);
  kept.sql(`update owners set name = 'eve'; update requests set model = 'other'`);
  const { faults } = await kept.upkeep.verify({ copies: "none" });
  assert.deepEqual(
    faults.filter(({ kind }) => kind === "database-damaged"),
    [],
  );
});
