import {
  prepareRequest,
  type PreparedRequest,
  type PrepareParts,
} from "../core/context/prepare.ts";
import { logged } from "../core/context/ledger/conversation.ts";
import type { ChatTurn } from "../core/context/ledger/history.ts";
import type { LedgerMessage } from "../core/context/ledger/ledger.ts";
import { recordAnswer, recordRequest, recordSent } from "../core/context/ledger/record.ts";
import { defaultContextRules } from "../core/context/set-scene.ts";
import { shownBy } from "../core/context/ledger/standing.ts";
import type { Prices } from "../core/ports/provider-chat.ts";
import type { Session, SessionView } from "../core/session/session.ts";
import type { Payload, TextSpan, Trace, TraceTurn } from "./trace.ts";

/** What a replay needs: the parts of the engine, and a folder for the files of the trace. */
export interface ReplayParts extends PrepareParts {
  readonly session: Session;
  /** Writes a file of the trace and gives its URI. */
  readonly write: (path: string, text: string) => Promise<string>;
  readonly remove: (path: string) => Promise<void>;
}

const maxBytes = 50_000_000;
/** Prices of most models, in units of an uncached token of the input. */
const usualPrices: Prices = { input: 1, cached: 0.1, output: 8 };

/** Replays a session, turn by turn, through the engine: gives for each turn the request that would be sent to a model with these prices. */
export async function* replay(
  parts: ReplayParts,
  trace: Trace,
  prices: Prices = usualPrices,
): AsyncGenerator<Payload> {
  await addBase(parts, trace.base);
  const turns: ChatTurn[] = [];
  for (const [index, turn] of trace.turns.entries()) {
    const { ids, empty } = await openFiles(parts, turn.open);
    const prepared = await prepareRequest(parts, {
      view: await viewOf(parts),
      question: turn.ask,
      turns,
      attached: ids,
      unshown: empty.map((path) => ({ path, reason: "empty" })),
      target: {
        provider: "replay",
        model: trace.name,
        maxInputTokens: trace.window,
        prices,
        cacheLifetime: Infinity,
      },
      shares: { files: 0.4 },
      rules: defaultContextRules,
      maxBytes,
      now: Date.now(),
    });
    yield payloadOf(index, prepared);
    turns.push(await answered(parts, prepared, turn));
    await settle(parts, turn.after);
  }
}

async function addBase(parts: ReplayParts, base: Trace["base"]): Promise<void> {
  const { ids } = await openFiles(parts, base);
  await parts.registry.changeFiles(ids.map((id) => ({ id, change: { role: "base" } })));
}

interface OpenedFiles {
  /** Of session files. */
  readonly ids: readonly string[];
  /** Paths of files that hold nothing: they cannot be added. */
  readonly empty: readonly string[];
}

/** Writes files as they are now and adds them to the session. */
async function openFiles(
  { registry, contents, session, write }: ReplayParts,
  files: TraceTurn["open"],
): Promise<OpenedFiles> {
  const added = [];
  const empty: string[] = [];
  for (const [path, text] of Object.entries(files)) {
    if (text === null) continue;
    const uri = await write(path, text);
    if (text === "") {
      empty.push(path);
      continue;
    }
    const { content } = await contents.inspect(uri, maxBytes);
    added.push({ sessionId: session.id, uri, content });
  }
  const held = await registry.addFiles(added);
  return { ids: held.map(({ id }) => id), empty };
}

async function viewOf({ registry, session }: ReplayParts): Promise<SessionView> {
  const view = await registry.view(session.id);
  if (!view) throw new Error("the session of the replay is gone");
  return view;
}

async function answered(
  parts: ReplayParts,
  prepared: PreparedRequest,
  { ask, answer }: TraceTurn,
): Promise<ChatTurn> {
  const { id } = prepared.request;
  await recordRequest(parts.ledger, prepared);
  await recordSent(parts.registry, prepared);
  await recordAnswer(parts, id, { text: answer });
  return { question: ask, answer, requestIds: [id] };
}

async function settle({ write, remove }: ReplayParts, after: TraceTurn["after"]): Promise<void> {
  for (const [path, text] of Object.entries(after)) {
    if (text === null) await remove(path);
    else await write(path, text);
  }
}

function payloadOf(turn: number, { log, messages }: PreparedRequest): Payload {
  const { standing } = shownBy(logged(log, 0));
  return {
    turn,
    messages: messages.map(({ role, content }) => ({ role, content })),
    files: [...standing.values()].flatMap(({ file, pieces }) => {
      const [full, ...diffs] = pieces.map((place) => spanOf(log, place, file.id));
      return full ? [{ path: file.path, full, diffs }] : [];
    }),
  };
}

/** Where the text between the markers of a message stands. */
function spanOf(log: readonly LedgerMessage[], place: number, id: string): TextSpan {
  const shown = log[place]?.blocks.flatMap(({ files }) => files).find((file) => file.id === id);
  if (shown?.hunks) return shown.hunks;
  const content = log[place]?.blocks.map(({ text }) => text).join("\n\n") ?? "";
  return [place, content.indexOf("\n") + 1, content.lastIndexOf("\n</")];
}
