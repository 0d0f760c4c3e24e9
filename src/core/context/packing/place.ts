import type { Draft } from "../draft.ts";
import { fileDraft } from "../file-draft.ts";
import type { PresentFile } from "../gather.ts";
import { pack, type Candidate, type Misfit, type Pack, type Representation } from "./pack.ts";
import { fileEnding, fileOpening, renderDigests, renderStubs } from "../text/render.ts";
import type { ComposeParts, Scene } from "../scene.ts";
import { digestsDraft, digestText, excerptDraft, stubsDraft } from "./short-forms.ts";
import { isTold, type Told } from "../ledger/told.ts";
import { tokensPerMessage } from "../budget.ts";

/** The room for files that do not stand in the log. */
export interface FileRoom {
  /** Tokens that are left of the window. */
  readonly window: number;
  /** Tokens that are left of the share of files that are neither base files nor pinned, and that the request is not about. */
  readonly share: number;
}

/** The files that want a place. */
export interface Wanted {
  readonly files: readonly PresentFile[];
  /** What is told of them already. */
  readonly told: Told;
}

export interface Placed {
  readonly drafts: readonly Draft[];
  readonly misfits: readonly Misfit[];
}

/** What a file is worth in short, compared with its whole text. */
const digestWorth = 0.3;
const excerptWorth = 0.5;
const stubWorth = 0.05;

/** Chooses for each file how it is shown, and shows it so. Whole files stand in the order given, digests and mere names behind them. */
export async function place(
  parts: ComposeParts,
  scene: Scene,
  { files, told }: Wanted,
  room: FileRoom,
): Promise<Placed> {
  if (files.length === 0) return { drafts: [], misfits: [] };
  const candidates = await candidatesOf(parts, { scene, told }, files);
  const packed = packInRoom(candidates, await withoutFrames(parts, scene, room), scene);
  const kinds = new Map(
    packed.kept.map(({ fileId, representation }) => [fileId, representation.kind]),
  );
  const as = (...wanted: Representation["kind"][]): PresentFile[] =>
    files.filter(
      ({ view }) => wanted.includes(kinds.get(view.file.id) ?? "stub") && kinds.has(view.file.id),
    );
  const whole: Draft[] = [];
  for (const file of as("full", "reference")) whole.push(await fileDraft(scene.fence, file));
  const excerpts = as("excerpt").flatMap((file) => excerptDraft(scene, file));
  return {
    drafts: [
      ...whole,
      ...excerpts,
      ...digestsDraft(scene, as("digest")),
      ...stubsDraft(scene, as("stub")),
    ],
    misfits: [...packed.misfits, ...onlyNamed(candidates, packed)],
  };
}

/** Files that would be shown whole if there were room, and are only named. */
function onlyNamed(
  candidates: readonly Candidate[],
  { kept, left }: PackInRoom,
): readonly Misfit[] {
  const named = new Set(
    kept.flatMap(({ fileId, representation }) => (representation.kind === "stub" ? [fileId] : [])),
  );
  return candidates
    .filter(({ fileId }) => named.has(fileId))
    .map(({ fileId, representations }) => ({
      fileId,
      needs: representations[0]?.tokens ?? 0,
      left,
    }));
}

/** Tokens of each file's whole text as it would stand in a request. */
export async function wholeTokens(
  { tokens }: ComposeParts,
  { fence }: Scene,
  files: readonly PresentFile[],
): Promise<ReadonlyMap<string, number>> {
  const openings = files.map(({ path, view }) => fileOpening(fence, path, view.content.mediaType));
  const [ending = 0, ...counts] = await tokens.count([fileEnding(fence), ...openings]);
  return new Map(
    files.map((file, index) => {
      const frame = file.native ? 0 : (counts[index] ?? 0) + ending;
      return [file.view.file.id, file.tokens + frame + tokensPerMessage];
    }),
  );
}

/** True for a file that is placed before all others, and beyond the files' share. */
export function isMustHave({ view: { file } }: PresentFile, { uses }: Scene): boolean {
  return file.pinned || file.role === "base" || uses.has(file.id);
}

async function candidatesOf(
  parts: ComposeParts,
  { scene, told }: { readonly scene: Scene; readonly told: Told },
  files: readonly PresentFile[],
): Promise<readonly Candidate[]> {
  const whole = await wholeTokens(parts, scene, files);
  const short = await shortForms(parts, scene, files);
  return files.flatMap((file, index): readonly Candidate[] => {
    const { id } = file.view.file;
    const worth = scene.worth.get(id) ?? 1;
    const mustHave = isMustHave(file, scene);
    const kind = file.native?.source.kind === "reference" ? "reference" : "full";
    const full = form(kind, whole.get(id) ?? 0, worth);
    // A digest that is longer than its file is worth nothing.
    const shorter = (short[index] ?? []).filter(({ tokens }) => tokens < full.tokens);
    const forms = !mustHave && scene.resting.has(id) ? shorter : [full, ...shorter];
    const representations = forms.filter((one) => !isTold(told, scene, file, one.kind));
    return representations.length === 0 ? [] : [{ fileId: id, mustHave, representations }];
  });
}

/** The ways to tell of each file in short, the most valuable first. */
async function shortForms(
  { tokens }: ComposeParts,
  scene: Scene,
  files: readonly PresentFile[],
): Promise<readonly (readonly Representation[])[]> {
  const texts = files.flatMap((file) => [
    excerptDraft(scene, file)[0]?.text ?? "",
    digestText(scene, file) ?? "",
    `${file.path}\n`,
  ]);
  const counts = await tokens.count(texts);
  return files.map((file, index) => {
    const worth = scene.worth.get(file.view.file.id) ?? 1;
    const [excerpt = 0, digest = 0, stub = 0] = counts.slice(3 * index);
    return [
      ...(excerpt > 0 ? [form("excerpt", excerpt + tokensPerMessage, worth * excerptWorth)] : []),
      ...(digest > 0 ? [form("digest", digest, worth * digestWorth)] : []),
      form("stub", stub, worth * stubWorth),
    ];
  });
}

function form(kind: Representation["kind"], tokens: number, value: number): Representation {
  // Joining texts may cost a token more than their sum.
  return { kind, tokens: tokens + 1, value };
}

/** The room that is left when the marks around digests and names are paid for. */
async function withoutFrames(parts: ComposeParts, scene: Scene, room: FileRoom): Promise<FileRoom> {
  const frames = await tokensOfFrames(parts, scene);
  return { window: Math.max(0, room.window - frames), share: room.share };
}

/** Tokens of the marks around digests and names. */
export async function tokensOfFrames({ tokens }: ComposeParts, { fence }: Scene): Promise<number> {
  const counts = await tokens.count([renderDigests(fence, [], 10_000), renderStubs(fence, [])]);
  return counts.reduce((total, count) => total + count + tokensPerMessage, 0);
}

interface PackInRoom extends Pick<Pack, "kept" | "misfits"> {
  /** Tokens that are left for files that need not be there. */
  readonly left: number;
}

/** Must-haves, those that the request is about first, may fill the window; the others share what is left of the files' share. */
function packInRoom(
  candidates: readonly Candidate[],
  { window, share }: FileRoom,
  { uses }: Scene,
): PackInRoom {
  const musts = candidates.filter(({ mustHave }) => mustHave);
  const { named = [], others = [] } = Object.groupBy(musts, ({ fileId }) =>
    uses.has(fileId) ? "named" : "others",
  );
  const must = pack([...named, ...others], window);
  const left = Math.max(0, Math.min(window - must.tokens, share));
  const may = pack(
    candidates.filter(({ mustHave }) => !mustHave),
    left,
  );
  return {
    kept: [...must.kept, ...may.kept],
    misfits: [...must.misfits, ...may.misfits],
    left: left - may.tokens,
  };
}
