import assert from "node:assert/strict";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { isContextError } from "../../src/core/errors.ts";
import { openDatabase, type Database } from "../../src/store/database.ts";
import { chain, conversation, requests, saveRequest } from "../../src/store/requests.ts";
import { migrations } from "../../src/store/schema.ts";
import { createSession, view } from "../../src/store/sessions.ts";
import { addFiles } from "../../src/store/session-files.ts";
import { randomNumbers } from "../crash/mutations.ts";
import { answeredBy, messageOf, nextOf, requestOf, shownFile } from "./sample-requests.ts";
import { idOf, newFile, sessionOf } from "./samples.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const call = { id: "call", name: "read", input: "{}" };
const a = answeredBy(
  requestOf("a", { added: [messageOf("user", ["first", "second"], [shownFile("a.txt")])] }),
  "answer a",
);
const calling = { ...a, answer: [{ ...messageOf("assistant", [""]), toolCalls: [call] }] };
const result = { ...messageOf("tool", ["result"]), toolCallId: "call" };
const b = answeredBy(nextOf(calling, "b", { added: [result] }), "answer b");

/** A closed store of two requests. */
function stored(): string {
  const folder = temporaryFolder();
  use(folder, (database) => {
    createSession(database, sessionOf("s"));
    for (const request of [calling, b]) saveRequest(database, request);
  });
  return folder;
}

function use<T>(folder: string, work: (database: Database) => T): T {
  const database = openDatabase(folder);
  try {
    return work(database);
  } finally {
    database.close();
  }
}

const textOf = (text: string): string => `where digest = '${idOf(text)}'`;

/** What damage, or another program, may do to the rows. */
const damages: Record<string, string> = {
  "a text with another letter": `update request_texts set text = cast('firsT' as blob) ${textOf("first")}`,
  "a text of nothing": `update request_texts set text = x'' ${textOf("second")}`,
  "a text that is gone": `pragma foreign_keys = off; delete from request_texts ${textOf("first")}`,
  "texts that are exchanged":
    "update request_blocks set position = position + 10 where part = 'added' and position = 0 and request_id = 'a'",
  "another role": "update request_blocks set role = 'system' where role = 'user'",
  "another tool call": "update request_blocks set tool_calls = replace(tool_calls, 'read', 'rm')",
  "another call answered": `update request_blocks set tool_call_id = '"other"' where role = 'tool'`,
  "a block that is gone": "delete from request_blocks where position = 1",
  "an answer that is gone": "delete from request_blocks where part = 'answer' and request_id = 'a'",
  "a message that is gone": "delete from request_blocks where role = 'tool'",
  "another file": `update request_blocks set files = '[]' where request_id = 'a'`,
  "another length": "update requests set messages = 1 where id = 'a'",
  "more kept": "update requests set keeps = 3 where id = 'b'",
  "less kept": "update requests set keeps = 0 where id = 'b'",
  "another parent": "update requests set parent_id = 'b' where id = 'b'",
  "no parent": "update requests set parent_id = null where id = 'b'",
  "a parent that is gone": "update requests set parent_id = 'gone' where id = 'b'",
  "another model": "update requests set model = 'gqt' where id = 'a'",
  "another bill": "update requests set output_tokens = 5 where id = 'b'",
  "no bill": "update requests set answer_digest = null where id = 'b'",
};

for (const [what, sql] of Object.entries(damages)) {
  test(`${what} is never taken for what was sent`, () => {
    const folder = stored();
    use(folder, (database) => {
      assert.deepEqual(chain(database, "b"), [calling, b]);
      const other = new DatabaseSync(join(folder, "registry.sqlite"));
      other.exec(sql);
      other.close();
      assert.throws(() => chain(database, "b"), {
        code: "store-damaged",
        message: /damaged.*Verify Store/u,
      });
    });
  });
}

test("facts that nobody stored are not told", () => {
  const folder = stored();
  use(folder, (database) => {
    const other = new DatabaseSync(join(folder, "registry.sqlite"));
    other.exec("update requests set left_out = 'no JSON' where id = 'a'");
    other.close();
    assert.throws(() => requests(database, "s", 9), { code: "store-damaged" });
    assert.throws(() => conversation(database, "b"), { code: "store-damaged" });
  });
});

test("a text that was damaged is put right when it is sent again", () => {
  const folder = stored();
  use(folder, (database) => {
    const other = new DatabaseSync(join(folder, "registry.sqlite"));
    other.exec(damages["a text with another letter"] ?? assert.fail());
    other.close();
    saveRequest(database, requestOf("c", { added: [messageOf("user", ["first"])] }));
    assert.deepEqual(chain(database, "b"), [calling, b]);
  });
});

test("whichever bit of the database flips, no other bytes are taken for those that were sent", (t) => {
  const file = join(stored(), "registry.sqlite");
  const folder = temporaryFolder();
  const copy = join(folder, "registry.sqlite");
  const random = randomNumbers(7);
  const tally = { whole: 0, refused: 0 };
  for (let round = 0; round < 200; round++) {
    copyFileSync(file, copy);
    flipInLedger(copy, random);
    try {
      const found = use(folder, (database) => chain(database, "b"));
      // One that seems to be forgotten has no bytes at all.
      if (found.length > 0) assert.deepEqual(found, [calling, b]);
      tally.whole++;
    } catch (error) {
      assert.ok(isContextError(error), String(error));
      tally.refused++;
    }
  }
  assert.ok(tally.refused > 0 && tally.whole > 0);
  t.diagnostic(`${tally.whole} read as they were, ${tally.refused} refused`);
});

/** Flips a bit in a place that is not empty. */
function flipInLedger(file: string, random: () => number): void {
  const bytes = readFileSync(file);
  let at = 0;
  do at = Math.floor(random() * bytes.length);
  while (bytes[at] === 0);
  bytes[at] = (bytes[at] ?? 0) ^ (1 << Math.floor(random() * 8));
  writeFileSync(file, bytes);
}

test("a store without a ledger gets one, and keeps everything else", () => {
  const folder = temporaryFolder();
  const old = openDatabase(folder, { migrations: migrations.slice(0, 3) });
  createSession(old, sessionOf("s"));
  addFiles(old, [newFile("s", "a.txt")]);
  const before = view(old, "s");
  old.write(() =>
    old
      .prepareForAll(
        "insert into ledger_entries values (1, 's', 1, 1, 'file', null, null, 'full', 3, 'text', 'digest', 4)",
      )
      .run(),
  );
  old.close();
  use(folder, (database) => {
    assert.deepEqual(view(database, "s"), before);
    for (const request of [calling, b]) saveRequest(database, request);
    assert.deepEqual(chain(database, "b"), [calling, b]);
    const tables = database
      .prepareForAll("select name from sqlite_schema where name in ('ledger_entries', 'manifests')")
      .all();
    assert.deepEqual(tables, []);
  });
});
