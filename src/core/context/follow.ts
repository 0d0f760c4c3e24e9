import { appliedDiff } from "./text/applied-diff.ts";
import type { LoggedMessage } from "./ledger/conversation.ts";
import { draft, type Draft } from "./draft.ts";
import type { ShownFile } from "./ledger/ledger.ts";
import { fileDraft } from "./file-draft.ts";
import type { PresentFile } from "./gather.ts";
import { renderApplied, renderDiff, renderGone, type GoneReason } from "./text/render.ts";
import { isUnchanged, shownFile, type ComposeParts, type Scene } from "./scene.ts";
import { digestsDraft } from "./packing/short-forms.ts";
import { textShown } from "./text/shown-text.ts";
import { shownBy, type Shown, type Standing } from "./ledger/standing.ts";

/**
 * What must be said so that nothing which stands in the log is out of date: a diff or the whole text where a file has changed, and a word where it is gone. Of a
 * file at rest it is only said that it has changed.
 */
export async function follow(
  parts: ComposeParts,
  scene: Scene,
  log: readonly LoggedMessage[],
  signal: AbortSignal | undefined,
): Promise<readonly Draft[]> {
  const shown = shownBy(log);
  const drafts: Draft[] = [];
  for (const [id, standing] of shown.standing) {
    const now = scene.present.get(id);
    if (!now) drafts.push(gone(scene, standing.file));
    else if (!isUnchanged(standing.file, now))
      drafts.push(await changed(parts, { scene, log, standing, now }, signal));
  }
  return [...drafts, ...(await followShort(scene, shown))];
}

/** The same of what was told of files in short. */
async function followShort(scene: Scene, shown: Shown): Promise<readonly Draft[]> {
  const drafts: Draft[] = [];
  for (const [id, file] of shown.short) {
    const now = scene.present.get(id);
    const standing = shown.standing.get(id);
    // A change of what stands tells of the lines, too.
    const isTold = standing !== undefined && !(now && isUnchanged(standing.file, now));
    const isQuoted = holdsOldLines(shown, id, now);
    if (isTold || (now && isUnchanged(file, now) && !isQuoted)) continue;
    const stands = standing !== undefined;
    drafts.push(...(await shortAnew(scene, { file, now, stands, isQuoted })));
  }
  return drafts;
}

/** True if lines of another content than the present one were quoted. */
function holdsOldLines({ quoted }: Shown, id: string, now: PresentFile | undefined): boolean {
  const contents = [...(quoted.get(id) ?? [])];
  return contents.some((contentId) => contentId !== now?.view.content.contentId);
}

interface OutOfDate {
  /** As it was told of in short. */
  readonly file: ShownFile;
  readonly now: PresentFile | undefined;
  /** True if the whole file stands as it is now. */
  readonly stands: boolean;
  /** True if lines of it were quoted, too. */
  readonly isQuoted: boolean;
}

/** A digest is told anew; of lines that were quoted it is said that they hold no more. */
async function shortAnew(
  scene: Scene,
  { file, now, stands, isQuoted }: OutOfDate,
): Promise<readonly Draft[]> {
  if (!now) return [gone(scene, file)];
  if (stands) return [await fileDraft(scene.fence, now)];
  const digest = file.representation === "digest" ? digestsDraft(scene, [now]) : [];
  const mustTakeBack = digest.length === 0 || isQuoted;
  return [...(mustTakeBack ? [gone(scene, file, "changed")] : []), ...digest];
}

function gone({ fence, away }: Scene, file: ShownFile, reason?: GoneReason): Draft {
  const why = reason ?? away.get(file.id) ?? "removed";
  return draft("gone", renderGone(fence, file.path, why), [{ ...file, representation: "stub" }]);
}

interface Change {
  readonly scene: Scene;
  readonly log: readonly LoggedMessage[];
  readonly standing: Standing;
  readonly now: PresentFile;
}

async function changed(
  parts: ComposeParts,
  change: Change,
  signal: AbortSignal | undefined,
): Promise<Draft> {
  const { scene, standing, now } = change;
  const { id } = standing.file;
  if (scene.resting.has(id) && !scene.uses.has(id)) return gone(scene, standing.file, "changed");
  return (await asDiff(parts, change, signal)) ?? fileDraft(scene.fence, now);
}

/** The change in short; undefined where the whole text is better. */
async function asDiff(
  parts: ComposeParts,
  change: Change,
  signal: AbortSignal | undefined,
): Promise<Draft | undefined> {
  const { scene, log, standing, now } = change;
  if (!mayBeDiff(change)) return undefined;
  const texts = await textsOf(parts, change, signal);
  if (!texts) return undefined;
  const since = standing.pieces.at(-1) ?? 0;
  const hunks = appliedDiff(log, { path: now.path, since, fence: scene.fence }, texts);
  const shown = shownFile(now, "full");
  if (hunks) return draft("applied", renderApplied(scene.fence, now.path), [{ ...shown, hunks }]);
  const diff = await parts.differ.diff(texts.before, texts.after, signal);
  if (diff === undefined || diff === "") return undefined;
  const text = renderDiff(scene.fence, now.path, diff);
  const [count = 0] = await parts.tokens.count([text], signal);
  return count > now.tokens * scene.diffs.largestShare ? undefined : draft("diff", text, [shown]);
}

/** A text that stands as a text, and that has not been told in diffs too often already. */
function mayBeDiff({ scene, standing, now }: Change): boolean {
  const { native, representation } = standing.file;
  if (!now.text || now.native || native || representation !== "full") return false;
  return standing.pieces.length <= scene.diffs.inARow;
}

interface BeforeAndAfter {
  readonly before: string;
  readonly after: string;
}

/** Both texts as the model is shown them; undefined if the store has forgotten one. */
async function textsOf(
  { contents }: ComposeParts,
  { standing, now }: Change,
  signal: AbortSignal | undefined,
): Promise<BeforeAndAfter | undefined> {
  const { file, content } = now.view;
  const ids = [standing.file.contentId, content.contentId];
  const [before, after] = await Promise.all(
    ids.map((contentId) => textShown(contents, { contentId, uri: file.uri }, signal)),
  );
  return before === undefined || after === undefined ? undefined : { before, after };
}
