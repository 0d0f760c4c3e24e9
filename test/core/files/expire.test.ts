import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { day, hour, rule, World } from "./expiry/world.ts";

/** A world in which the owner has been told of expiry, and `a.txt` was uploaded. */
async function uploaded(): Promise<World> {
  const world = new World();
  await world.copies.mayExpire();
  world.pass(hour);
  world.write("a.txt", "alpha");
  await world.use("a.txt", "upload");
  return world;
}

test("a copy expires two days after its upload, not before", async () => {
  const world = await uploaded();
  world.pass(2 * day - 1);
  assert.deepEqual((await world.sweep()).expired, []);
  world.pass(1);
  const { expired, lost } = await world.sweep();
  assert.deepEqual(
    expired.map(({ name, bytes }) => [name, bytes]),
    [["a.txt", 5]],
  );
  assert.deepEqual(lost, []);
  assert.ok(world.file("a.txt"), "the session file stays, for its own file is there");
  assert.ok(world.blobOf("alpha"), "the copy is in the trash");
});

test("an expired copy leaves the trash after seven days, and only the copy", async () => {
  const world = await uploaded();
  world.pass(2 * day);
  await world.sweep();
  world.pass(7 * day - 1);
  assert.deepEqual((await world.sweep()).deleted, []);
  world.pass(1);
  assert.equal((await world.sweep()).deleted.length, 1);
  assert.ok(!world.blobOf("alpha"));
  assert.equal(world.read("a.txt"), "alpha");
  assert.deepEqual(
    world.logged.map(({ kind, uri }) => [kind, uri]),
    [
      ["expire", world.uri("a.txt")],
      ["delete", world.uri("a.txt")],
    ],
  );
});

test("another upload begins the time anew; a send does so only where time counts from the last use", async () => {
  const world = await uploaded();
  world.pass(day);
  await world.use("a.txt", "send");
  world.pass(day);
  assert.equal((await world.sweep({ countFrom: "last-use" })).expired.length, 0);
  await world.use("a.txt", "upload");
  world.pass(day);
  assert.equal((await world.sweep()).expired.length, 0);
  world.pass(day);
  assert.equal((await world.sweep()).expired.length, 1);
});

test("a session file whose own file is gone goes with its copy, and comes back with it", async () => {
  const world = await uploaded();
  world.pin("a.txt", false);
  const before = world.file("a.txt");
  world.remove("a.txt");
  world.pass(2 * day);
  const { lost } = await world.sweep();
  assert.deepEqual(
    lost.map(({ id }) => id),
    [before?.id],
  );
  assert.equal(world.file("a.txt"), undefined);
  const [copy] = await world.copies.trash(rule);
  assert.equal(copy?.timeLeft, 7 * day);
  await world.copies.restoreCopy(copy.contentId);
  assert.deepEqual(world.file("a.txt"), before);
  assert.deepEqual(await world.copies.trash(rule), []);
  world.pass(day);
  assert.equal((await world.sweep()).expired.length, 0, "its time has begun anew");
});

test("a session file that loses its own file while its copy lies in the trash is not left empty", async () => {
  const world = await uploaded();
  world.pass(2 * day);
  await world.sweep();
  world.remove("a.txt");
  world.pass(7 * day);
  const sweep = await world.sweep();
  assert.deepEqual(sweep.deleted, []);
  assert.equal(sweep.lost.length, 1);
  assert.ok(world.blobOf("alpha"), "it has another week");
  world.pass(7 * day);
  assert.equal((await world.sweep()).deleted.length, 1);
});

test("a file that was taken anew keeps its copy when an older one leaves the trash", async () => {
  const world = await uploaded();
  world.pass(2 * day);
  await world.sweep();
  world.pass(6 * day);
  await world.use("a.txt", "upload");
  world.pass(day);
  await world.sweep();
  assert.ok(world.blobOf("alpha"));
  assert.deepEqual(await world.copies.trash(rule), []);
});

test("what is pinned never expires, and neither does anything with a lifetime of zero", async () => {
  const world = await uploaded();
  world.pass(30 * day);
  assert.equal((await world.sweep({ lifetime: 0 })).expired.length, 0);
  world.pin("a.txt", true);
  assert.equal((await world.sweep()).expired.length, 0);
  world.pin("a.txt", false);
  assert.equal((await world.sweep()).expired.length, 1);
});

test("without a trash an expired copy is deleted at once", async () => {
  const world = await uploaded();
  world.pass(2 * day);
  const sweep = await world.sweep({ trashTime: 0 });
  assert.equal(sweep.deleted.length, 1);
  assert.ok(!world.blobOf("alpha"));
  assert.deepEqual(await world.copies.trash(rule), []);
});

test("the owner is told an hour before anything is removed, once", async () => {
  const world = new World();
  world.write("a.txt", "alpha");
  await world.use("a.txt", "upload");
  world.pass(2 * day);
  const first = await world.sweep();
  assert.equal(first.announced.length, 1);
  assert.equal(first.expired.length, 0);
  const again = await world.sweep({}, 1);
  assert.deepEqual([again.announced.length, again.expired.length], [0, 0]);
  world.pass(hour);
  const later = await world.sweep({}, 1);
  assert.deepEqual([later.announced.length, later.expired.length], [0, 1]);
});

test("a file that cannot be read now keeps its copy", async () => {
  const world = await uploaded();
  world.pass(2 * day);
  const contents = {
    ...world.contents,
    inspect: () =>
      Promise.reject(
        Object.assign(new Error("no"), { isSatchelContextError: true, code: "file-unreadable" }),
      ),
  };
  Object.assign(world, { contents });
  assert.equal((await world.sweep()).expired.length, 0);
});

test("a copy whose blob is gone does not stop the sweep", async () => {
  const world = await uploaded();
  world.write("b.txt", "beta");
  await world.use("b.txt", "upload");
  rmSync(join(world.folder, "store", "blobs"), { recursive: true });
  world.pass(2 * day);
  assert.equal((await world.sweep()).expired.length, 2);
  const [copy] = await world.copies.trash(rule);
  assert.ok(copy);
  await assert.rejects(world.copies.restoreCopy(copy.contentId), { code: "content-missing" });
  world.pass(7 * day);
  assert.equal((await world.sweep()).deleted.length, 1);
});

test("one copy that fails does not keep the sweep from the others", async () => {
  const world = await uploaded();
  world.write("b.txt", "beta");
  await world.use("b.txt", "upload");
  world.pass(2 * day);
  const [copies] = world.windows;
  assert.ok(copies);
  const trashCopy = copies.trashCopy.bind(copies);
  Object.assign(copies, {
    trashCopy: (...[copy, ...rest]: Parameters<typeof trashCopy>) =>
      copy.name === "a.txt" ? Promise.reject(new Error("no")) : trashCopy(copy, ...rest),
  });
  await assert.rejects(world.sweep(), /^Error: no$/u);
  assert.deepEqual(
    (await world.copies.trash(rule)).map(({ name }) => name),
    ["b.txt"],
  );
});

test("copies that nothing refers to go when room is needed, the least recently used first", async () => {
  const world = new World();
  for (const [index, name] of ["a", "b", "c"].entries()) {
    world.write(name, name.repeat(400));
    world.pass(1000 + index);
    await world.use(name, "send");
  }
  world.drop("a");
  world.drop("b");
  world.pass(1000);
  const { deleted } = await world.sweep({ maxBytes: 900 });
  assert.equal(deleted.length, 1);
  assert.deepEqual(
    ["a", "b", "c"].map((name) => world.blobOf(name.repeat(400))),
    [false, true, true],
  );
  await world.sweep({ maxBytes: 0 });
  assert.ok(world.blobOf("c".repeat(400)), "the session shows it");
});

test("another owner's copy of the same bytes is not deleted", async () => {
  const world = await uploaded();
  const [ada] = world.databases;
  ada?.prepareForAll("insert into owners (name) values ('eve')").run();
  ada
    ?.prepareForAll(
      `insert into contents select owners.id, content_id, bytes, media_type, lines, tokens, stored_at, used_at
      from contents, owners where name = 'eve'`,
    )
    .run();
  world.pass(2 * day);
  await world.sweep();
  world.pass(7 * day);
  await world.sweep();
  assert.deepEqual(await world.copies.trash(rule), []);
  assert.ok(world.blobOf("alpha"));
});
