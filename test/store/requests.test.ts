import assert from "node:assert/strict";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import type { SentRequest } from "../../src/core/ports/request-log.ts";
import { openDatabase, type Database } from "../../src/store/database.ts";
import {
  chain,
  conversation,
  requests,
  saveAnswer,
  saveRequest,
} from "../../src/store/requests.ts";
import { createSession, deleteSession } from "../../src/store/sessions.ts";
import { openRegistry } from "./open-registry.ts";
import { answeredBy, messageOf, nextOf, requestOf, textsIn } from "./sample-requests.ts";
import { sessionOf } from "./samples.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** A database with the sessions `s` and `other`. */
function open(t: TestContext, folder: string = temporaryFolder(), owner = "ada"): Database {
  const database = openDatabase(folder, { owner });
  t.after(() => database.close());
  createSession(database, sessionOf(owner === "ada" ? "s" : `s-${owner}`));
  return database;
}

function save(database: Database, ...all: readonly SentRequest[]): void {
  for (const request of all) saveRequest(database, request);
}

const idsOf = (all: readonly { readonly id: string }[]): string =>
  all.map(({ id }) => id).join(" ");

/** Requests `a`, `b` and `c` of one conversation, each answered. */
function three(): readonly [SentRequest, SentRequest, SentRequest] {
  const a = answeredBy(requestOf("a"), "answer a");
  const b = answeredBy(nextOf(a, "b"), "answer b");
  return [a, b, answeredBy(nextOf(b, "c"), "answer c")];
}

test("what was sent and what came back is there after the registry was closed and opened", async (t) => {
  const folder = join(temporaryFolder(), "store");
  const first = openRegistry(t, folder);
  await first.createSession(sessionOf("s"));
  const [a, b] = three();
  const { answer, usage } = b;
  await first.saveRequest(a);
  await first.saveRequest({ ...b, answer: [], usage: undefined, answered: false });
  await first.saveAnswer("b", answer, usage);
  await first.close();
  const second = openRegistry(t, folder);
  assert.deepEqual(await second.chain("b"), [a, b]);
  assert.deepEqual(await second.chain("a"), [a]);
  const { added: _, answer: __, ...facts } = b;
  assert.deepEqual(await second.requests("s", 1), [facts]);
  assert.equal(idsOf(await second.conversation("b")), "a b");
});

test("two requests may go on from one, and undo goes back to an earlier one", (t) => {
  const database = open(t);
  const [a, b, c] = three();
  const other = answeredBy(nextOf(a, "other"), "another answer");
  const undone = nextOf(b, "undone", { keeps: 1, epoch: 2, cause: "history" });
  save(database, a, b, c, other, undone);
  assert.deepEqual(chain(database, "c"), [a, b, c]);
  assert.deepEqual(chain(database, "other"), [a, other]);
  assert.deepEqual(chain(database, "undone"), [a, b, undone]);
});

test("a chain ends where nothing is repeated, a conversation does not", (t) => {
  const database = open(t);
  const [a, b, c] = three();
  const anew = nextOf(c, "anew", { keeps: 0, epoch: 2, cause: "window" });
  const next = nextOf(anew, "next", { epoch: 2 });
  save(database, a, b, c, anew, next);
  assert.deepEqual(chain(database, "next"), [anew, next]);
  assert.equal(idsOf(conversation(database, "next")), "a b c anew next");
  assert.deepEqual([chain(database, "unknown"), conversation(database, "unknown")], [[], []]);
});

test("the newest requests of a session come first, those of one moment in their order", (t) => {
  const database = open(t);
  createSession(database, sessionOf("t"));
  save(database, requestOf("one"), requestOf("three", { createdAt: 2_000 }), requestOf("two"));
  save(database, requestOf("t", { sessionId: "t", createdAt: 9_000 }));
  assert.equal(idsOf(requests(database, "s", 10)), "three two one");
  assert.equal(idsOf(requests(database, "s", 2)), "three two");
  assert.equal(idsOf(requests(database, "t", 2)), "t");
});

test("a request is answered once, whether anything came back or not", (t) => {
  const database = open(t);
  save(database, requestOf("a"), requestOf("silent"));
  const usage = { input: 1, cached: 0, output: 2 };
  saveAnswer(database, "a", [messageOf("assistant", ["first"])], usage);
  saveAnswer(database, "a", [messageOf("assistant", ["second"])], undefined);
  saveAnswer(database, "silent", [], undefined);
  saveAnswer(database, "silent", [messageOf("assistant", ["late"])], usage);
  saveAnswer(database, "gone", [messageOf("assistant", ["lost"])], usage);
  const [a] = chain(database, "a");
  assert.deepEqual(a?.answer, [messageOf("assistant", ["first"])]);
  assert.deepEqual(a?.usage, usage);
  const [silent] = chain(database, "silent");
  assert.deepEqual([silent?.answered, silent?.answer, silent?.usage], [true, [], undefined]);
  assert.equal(textsIn(database), 3);
});

test("equal texts are stored once", (t) => {
  const database = open(t);
  const files = messageOf("user", ["file one", "file two"]);
  const a = answeredBy(requestOf("a", { added: [files, messageOf("user", ["why"])] }), "because");
  const b = nextOf(a, "b", { keeps: 0, added: [files, messageOf("user", ["why", "why"])] });
  save(database, a, b);
  assert.equal(textsIn(database), 4);
  assert.deepEqual(chain(database, "b"), [b]);
});

test("with its session everything of a request goes, and no text stays", (t) => {
  const database = open(t);
  createSession(database, sessionOf("t"));
  save(database, ...three(), requestOf("t", { sessionId: "t", added: [messageOf("user", ["a"])] }));
  deleteSession(database, "s");
  assert.deepEqual([requests(database, "s", 9), chain(database, "c")], [[], []]);
  assert.equal(textsIn(database), 1, "what another session needs stays");
  assert.equal(chain(database, "t").length, 1);
  deleteSession(database, "t");
  assert.equal(textsIn(database), 0);
});

test("what cannot be rebuilt later is refused", (t) => {
  const database = open(t);
  createSession(database, sessionOf("t"));
  const [a, b] = three();
  save(database, a);
  const refused = (request: SentRequest, error: object | RegExp): void =>
    assert.throws(() => saveRequest(database, request), error);
  refused({ ...b, keeps: 3 }, /b keeps 3 messages of a, whose log holds 2/u);
  refused({ ...b, keeps: -1 }, /keeps -1/u);
  refused({ ...b, parentId: "gone" }, { code: "content-missing", message: /ask again/u });
  refused({ ...b, keeps: 0, parentId: "gone" }, { code: "content-missing" });
  refused(requestOf("b", { keeps: 1 }), { code: "content-missing" });
  refused(requestOf("b", { sessionId: "gone" }), { code: "session-missing" });
  refused({ ...b, sessionId: "t" }, { code: "content-missing" });
  refused(a, /requests\.id/u);
  refused({ ...b, added: [messageOf("user", [])] }, /no blocks/u);
  refused({ ...b, answered: false }, /an answer that has not come/u);
  refused({ ...b, model: "\ud800" }, /no Unicode/u);
  assert.throws(() => saveAnswer(database, "a", [messageOf("user", [])], undefined), /no blocks/u);
  assert.equal(idsOf(requests(database, "s", 9)), "a");
  assert.equal(textsIn(database), 2, "and nothing is left behind");
});

test("another owner sees, answers and repeats nothing, and shares no text", (t) => {
  const folder = temporaryFolder();
  const [ada, eve] = [open(t, folder), open(t, folder, "eve")];
  const a = requestOf("a");
  save(ada, a);
  save(eve, requestOf("e", { sessionId: "s-eve", added: a.added }));
  assert.deepEqual([chain(eve, "a"), conversation(eve, "a"), requests(eve, "s", 9)], [[], [], []]);
  saveAnswer(eve, "a", [messageOf("assistant", ["mine"])], undefined);
  assert.throws(() => saveRequest(eve, nextOf(a, "b")), { code: "session-missing" });
  deleteSession(eve, "s");
  assert.deepEqual(chain(ada, "a"), [a]);
  assert.deepEqual([textsIn(ada), textsIn(eve)], [1, 1]);
  deleteSession(ada, "s");
  assert.equal(chain(eve, "e").length, 1);
});

test(
  "two windows write at once, and each finds what both wrote",
  { timeout: 60_000 },
  async (t) => {
    const folder = temporaryFolder();
    const windows = [openRegistry(t, folder), openRegistry(t, folder)] as const;
    await windows[0].createSession(sessionOf("s"));
    const written = await Promise.all(
      windows.map(async (window, index) => {
        let last = answeredBy(
          requestOf(`${index}-0`, { added: [messageOf("user", ["same"])] }),
          "x",
        );
        await window.saveRequest(last);
        for (let turn = 1; turn < 40; turn++) {
          const added = [messageOf("user", [`shared ${turn}`, `${index} ${turn}`])];
          last = answeredBy(nextOf(last, `${index}-${turn}`, { added }), `shared ${turn}`);
          await window.saveRequest({ ...last, answered: false, answer: [], usage: undefined });
          await window.saveAnswer(last.id, last.answer, last.usage);
        }
        return last;
      }),
    );
    for (const [index, last] of written.entries()) {
      const found = await windows[1 - index]?.chain(last.id);
      assert.equal(found?.length, 40);
      assert.deepEqual(found?.at(-1), last);
    }
  },
);

test("a chain of 500 requests is read at once", (t) => {
  const database = open(t);
  const texts = (turn: number) => [0, 1, 2, 3, 4].map((part) => `${turn} ${part} `.repeat(300));
  let last = answeredBy(requestOf("r0"), "answer");
  const all = [last];
  for (let turn = 1; turn < 500; turn++) {
    last = answeredBy(nextOf(last, `r${turn}`, { added: [messageOf("user", texts(turn))] }), "ok");
    all.push(last);
  }
  database.write(() => save(database, ...all));
  const from = performance.now();
  const found = chain(database, last.id);
  const took = performance.now() - from;
  assert.deepEqual(found, all);
  t.diagnostic(`${took.toFixed(0)} ms`);
  assert.ok(took < 2_000, `it took ${took.toFixed(0)} ms`);
});
