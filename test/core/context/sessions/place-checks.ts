/** Whether what must have a place has one, as far as there is room. */
import assert from "node:assert/strict";
import { escapeName } from "../../../../src/core/context/text/fence.ts";
import { preamble, renderFile } from "../../../../src/core/context/text/render.ts";
import type { SessionFile } from "../../../../src/core/session/session.ts";
import type { Sight } from "./live.ts";
import { roughTokens } from "./memory-parts.ts";
import type { Told } from "./payload.ts";

export interface Places {
  readonly told: Told;
  /** What the request before it told. */
  readonly before: Told | undefined;
  /** Name → the texts of the files that can be shown. */
  readonly texts: ReadonlyMap<string, readonly string[]>;
}

/** Marks around digests and names, and what joining texts may cost. */
const slack = 150;

export function checkPlaces(sight: Sight, places: Places): void {
  checkAttached(sight, places);
  checkNotEmpty(sight, places);
  checkNamed(sight, places);
}

/** Files that came with the question stand whole if all files that must stand have room beside it. */
function checkAttached({ world, prepared, attached, question }: Sight, places: Places): void {
  const { fence, memory } = world;
  const window = prepared.request.maxInputTokens;
  const isWanted = (file: SessionFile): boolean =>
    attached.includes(file.id) ||
    file.pinned ||
    file.role === "base" ||
    question.includes(lastPart(world.pathOf(file)));
  const wanted = memory.files.filter(isWanted);
  const sizes = wanted.map((file) =>
    wholeTokens(escapeName(fence, world.pathOf(file)), places, fence),
  );
  const needed = sizes.reduce((sum, tokens) => sum + tokens, 0);
  const room = window - roughTokens(preamble(fence)) - roughTokens(question) - slack;
  if (needed > room * 0.6) return;
  for (const file of wanted) {
    const name = escapeName(fence, world.pathOf(file));
    const mayStand = places.texts.has(name) && attached.includes(file.id);
    assert.ok(
      !mayStand || places.told.texts.has(name),
      `(d) ${name} was attached, and does not stand`,
    );
  }
}

/** Where all is packed anew something stands if anything fits. */
function checkNotEmpty({ world, prepared, isRound }: Sight, { told, texts }: Places): void {
  const { request, budget } = prepared;
  if (isRound || request.keeps > 1 || told.texts.size + told.named.size > 0) return;
  const room = Math.min(budget.window - request.tokens, budget.files) - slack;
  for (const name of texts.keys()) {
    const tokens = wholeTokens(name, { texts }, world.fence);
    assert.ok(tokens > room, `(d) ${name} fits, and nothing stands`);
  }
}

/** What stood before a reset is named after it. */
function checkNamed({ prepared, world }: Sight, { told, before, texts }: Places): void {
  const { request, budget, tokens } = prepared;
  if (request.cause !== "reset" || !before) return;
  const left = Math.min(budget.window - request.tokens, budget.files - tokens.files) - slack;
  for (const name of before.texts.keys()) {
    if (!texts.has(name) || roughTokens(name) > left) continue;
    const stands = told.texts.has(name) || told.named.has(name);
    assert.ok(
      stands,
      `(e) ${name} stood before a reset of ${world.session.files.length} files, and is not named`,
    );
  }
}

function wholeTokens(name: string, { texts }: Pick<Places, "texts">, fence: string): number {
  const text = texts.get(name)?.[0];
  return text === undefined ? 0 : roughTokens(renderFile(fence, name, "text/markdown", text)) + 10;
}

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
