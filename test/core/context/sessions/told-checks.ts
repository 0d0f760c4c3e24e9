/** Whether what the messages tell of files is true, and whether the account and the ledger claim no more than they tell. */
import assert from "node:assert/strict";
import { escapeFence, escapeName } from "../../../../src/core/context/text/fence.ts";
import { shownBy } from "../../../../src/core/context/ledger/standing.ts";
import { makeVisible } from "../../../../src/core/context/text/visible.ts";
import type { Sight } from "./live.ts";
import { roughTokens } from "./memory-parts.ts";
import type { ShownLines, Told } from "./payload.ts";
import type { World } from "./world.ts";

/** Name → the texts that a file has had in this turn, as they would stand. */
export type Texts = ReadonlyMap<string, readonly string[]>;

export function textsNow(world: World): Texts {
  const { memory, fence } = world;
  return new Map(
    memory.files.flatMap((file) => {
      const texts = world.turnTexts(file);
      const shown = texts.map((text) => escapeFence(fence, makeVisible(text).text));
      return texts.length === 0 ? [] : [[escapeName(fence, world.pathOf(file)), shown]];
    }),
  );
}

export function checkTold(sight: Sight, told: Told, now: Texts): void {
  for (const [name, text] of told.texts) {
    const right = now.get(name);
    assert.ok(right, `(c) ${name} still stands, and is not there`);
    if (!right.includes(text)) assert.equal(text, right[0], `(c) ${name} stands as it is`);
  }
  for (const [name, shown] of told.lines) {
    for (const lines of shown) {
      const right = now.get(name)?.some((text) => holds(text, lines)) ?? false;
      assert.ok(right, `(c) lines from ${lines.first} of ${name} are out of date`);
    }
  }
  checkPointers(sight, told);
  checkClaims(sight, told);
  if (!sight.isRound) checkAccount(sight, told);
}

function holds(whole: string, { first, text }: ShownLines): boolean {
  const count = text.split("\n").length;
  const lines = whole.split("\n").slice(first - 1, first - 1 + count);
  return lines.join("\n") === text;
}

/** What is pointed at stands. */
function checkPointers({ prepared }: Sight, { texts, lines }: Told): void {
  for (const { role, content } of prepared.messages.slice(prepared.request.keeps)) {
    const end = content.indexOf(" stands above as it is now");
    if (role !== "tool" || end < 0 || content.startsWith("<")) continue;
    const name = content.slice(0, end).replace(/, lines \d+ to \d+,$/u, "");
    assert.ok(texts.has(name) || lines.has(name), `(c) ${name} is pointed at, and does not stand`);
  }
}

/** The ledger and the account claim nothing to stand whole that does not. */
function checkClaims({ prepared, world }: Sight, { texts }: Told): void {
  const nameOf = ({ path }: { readonly path: string }): string => escapeName(world.fence, path);
  const { standing } = shownBy(
    prepared.log.map((message) => Object.assign({}, message, { request: 0 })),
  );
  const shown = [...standing.values()].map(({ file }) => nameOf(file));
  assert.deepEqual(
    shown.toSorted(),
    [...texts.keys()].toSorted(),
    "(c) what stands, by the ledger and by the messages",
  );
  const whole = prepared.kept.filter(({ kind }) => kind === "full").map(nameOf);
  const missing = whole.filter((name) => !texts.has(name));
  assert.deepEqual(missing, [], "(c) what stands by the account, and does not");
}

/** The account of a question is complete. What was read back in the meantime comes into the next one. */
function checkAccount({ prepared, world }: Sight, { texts, named }: Told): void {
  const { kept, omitted } = prepared;
  const whole = kept.filter(({ kind }) => kind === "full");
  assert.equal(whole.length, texts.size, "(c) what stands is in the account");
  for (const { view, path, kind } of kept) {
    const tokens = roughTokens(world.memory.disk.get(view.file.uri) ?? "");
    assert.equal(view.content.tokens, tokens, `(b) the tokens of ${path} are known`);
    const isNamed = named.has(escapeName(world.fence, path));
    assert.ok(kind !== "digest" || isNamed, `(c) ${path} has no digest in the messages`);
  }
  const ids = [...kept.map(({ view }) => view.file.id), ...omitted.map(({ file }) => file.id)];
  const all = world.memory.files.map(({ id }) => id);
  assert.deepEqual(ids.toSorted(), all.toSorted(), "each file is accounted for once");
}
