import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import type { ContentId } from "../../src/core/files/content.ts";
import type { ExpiryRule } from "../../src/core/ports/copies.ts";
import { machineClocks } from "../../src/store/clock.ts";
import { dueCopies, trimCopies, useCopies } from "../../src/store/copies.ts";
import { openDatabase, type Database } from "../../src/store/database.ts";
import { saveContents } from "../../src/store/known-contents.ts";
import {
  chain,
  conversation,
  forgetTexts,
  requests,
  saveAnswer,
  saveRequest,
} from "../../src/store/requests.ts";
import { createSession, deleteSession } from "../../src/store/sessions.ts";
import { openRegistry } from "./open-registry.ts";
import type { CopyStore } from "../../src/store/stored-copy.ts";
import { answeredBy, messageOf, nextOf, requestOf, shownFile, textsIn } from "./sample-requests.ts";
import { contentOf, idOf, sessionOf } from "./samples.ts";
import { temporaryFolder } from "./temporary-folder.ts";

function open(t: TestContext): Database {
  const database = openDatabase(temporaryFolder());
  t.after(() => database.close());
  createSession(database, sessionOf("s"));
  return database;
}

const files = messageOf("user", ["a file that all repeat"]);

test("texts are forgotten, and what is known of their requests stays", (t) => {
  const database = open(t);
  const a = answeredBy(requestOf("a", { added: [files], createdAt: 10 }), "answer");
  const b = answeredBy(nextOf(a, "b", { keeps: 0, createdAt: 20 }), "answer");
  for (const request of [a, b]) saveRequest(database, request);
  const before = conversation(database, "b");
  assert.equal(forgetTexts(database, 20), 0, "a was built on at 20");
  assert.equal(forgetTexts(database, 21), 2);
  assert.equal(forgetTexts(database, 21), 0, "once");
  assert.deepEqual([chain(database, "a"), chain(database, "b")], [[], []]);
  assert.deepEqual(conversation(database, "b"), before);
  assert.deepEqual(requests(database, "s", 1), before.slice(1));
  assert.equal(textsIn(database), 0);
});

test("a branch that lives keeps what it repeats, and another one is forgotten", (t) => {
  const database = open(t);
  const a = answeredBy(requestOf("a", { added: [files], createdAt: 10 }), "answer");
  const b = answeredBy(nextOf(a, "b", { createdAt: 20 }), "answer");
  const old = nextOf(b, "old", { createdAt: 30, added: [files, messageOf("user", ["old"])] });
  const living = nextOf(b, "living", { createdAt: 50 });
  for (const request of [a, b, old, living]) saveRequest(database, request);
  assert.equal(forgetTexts(database, 40), 1);
  assert.deepEqual(chain(database, "old"), []);
  assert.deepEqual(chain(database, "living"), [a, b, living]);
  assert.equal(textsIn(database), 4, "only the text that nobody else has is gone");
  saveRequest(database, nextOf(living, "next", { createdAt: 60 }));
  assert.equal(chain(database, "next").length, 4);
});

test("nothing can be built on what is forgotten, but a new epoch can follow it", (t) => {
  const database = open(t);
  const a = requestOf("a", { createdAt: 10 });
  saveRequest(database, a);
  forgetTexts(database, 100);
  assert.throws(() => saveRequest(database, nextOf(a, "b", { createdAt: 200 })), {
    code: "content-missing",
  });
  const anew = nextOf(a, "b", { keeps: 0, epoch: 2, createdAt: 200 });
  saveRequest(database, anew);
  assert.deepEqual(chain(database, "b"), [anew]);
  assert.deepEqual(
    conversation(database, "b").map(({ id }) => id),
    ["a", "b"],
  );
});

test("the bill of an answer that comes after forgetting is kept, its text is not", (t) => {
  const database = open(t);
  saveRequest(database, requestOf("a", { createdAt: 10 }));
  forgetTexts(database, 100);
  const usage = { input: 1, cached: 0, output: 2 };
  saveAnswer(database, "a", [messageOf("assistant", ["late"])], usage);
  const [a] = requests(database, "s", 1);
  assert.deepEqual([a?.answered, a?.usage], [true, usage]);
  assert.deepEqual([chain(database, "a"), textsIn(database)], [[], 0]);
});

test("only our own requests are forgotten", (t) => {
  const database = open(t);
  saveRequest(database, requestOf("a", { createdAt: 10 }));
  const folder = temporaryFolder();
  const [ada, eve] = ["ada", "eve"].map((owner) => openDatabase(folder, { owner }));
  assert.ok(ada && eve);
  createSession(ada, sessionOf("s"));
  saveRequest(ada, requestOf("a", { createdAt: 10 }));
  assert.equal(forgetTexts(eve, 100), 0);
  assert.equal(chain(ada, "a").length, 1);
  for (const one of [ada, eve]) one.close();
});

const rule: ExpiryRule = { lifetime: 1, countFrom: "upload", trashTime: 0, maxBytes: 0 };

/** A store of two copies that have had their time: of `a.pdf` and of `b.pdf`. */
function twoCopies(t: TestContext): CopyStore {
  const database = open(t);
  const store = { database, blobs: temporaryFolder(), clocks: machineClocks };
  saveContents(database, [contentOf("a.pdf"), contentOf("b.pdf")]);
  useCopies(store, [idOf("a.pdf"), idOf("b.pdf")], "upload");
  database
    .prepare("update contents set stored_at = stored_at - 1000 where owner = owner_id()")
    .run();
  return store;
}

const dueIn = (store: CopyStore): readonly ContentId[] =>
  dueCopies(store, rule).map(({ contentId }) => contentId);

test("a copy whose bytes a request holds neither expires nor is trimmed, as long as it does", (t) => {
  const store = twoCopies(t);
  const { database } = store;
  const itself = shownFile("a.pdf", { native: { mediaType: "application/pdf" } });
  saveRequest(database, requestOf("a", { added: [messageOf("user", [""], [itself])] }));
  assert.deepEqual(dueIn(store), [idOf("b.pdf")]);
  const trimmed = trimCopies(store, rule).map(({ contentId }) => contentId);
  assert.deepEqual(trimmed, [idOf("b.pdf")]);
  deleteSession(database, "s");
  assert.deepEqual(dueIn(store), [idOf("a.pdf")]);
});

test("a copy is not needed for a text, nor for a file that the provider holds, nor when it is forgotten", (t) => {
  const store = twoCopies(t);
  const { database } = store;
  const mediaType = "application/pdf";
  const uploaded = shownFile("a.pdf", { native: { mediaType, id: "file-1" } });
  const shown = [messageOf("user", ["text"], [shownFile("b.pdf")])];
  const added = [messageOf("user", [""], [uploaded]), ...shown];
  saveRequest(database, requestOf("a", { added, createdAt: 10 }));
  assert.equal(dueIn(store).length, 2);
  const itself = shownFile("a.pdf", { native: { mediaType } });
  const bytes = [messageOf("user", [""], [itself])];
  saveRequest(database, requestOf("b", { added: bytes, createdAt: 10 }));
  assert.equal(dueIn(store).length, 1);
  forgetTexts(database, 100);
  assert.equal(dueIn(store).length, 2);
});

test("texts expire by the store's own time, whatever time a request bears", async (t) => {
  const registry = openRegistry(t, temporaryFolder());
  await registry.createSession(sessionOf("s"));
  await registry.saveRequest(requestOf("a", { added: [files], createdAt: 10 }));
  assert.equal(await registry.forgetTexts(60_000), 0, "it was stored less than a minute ago");
  assert.equal((await registry.chain("a")).length, 1);
  assert.equal(await registry.forgetTexts(-1), 1);
  assert.deepEqual(await registry.chain("a"), []);
});
