import { createHash, randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { errorBody, readBody } from "../demo/wire.ts";
import { otherFaults, send, uploadFaults, type UploadFault } from "./upload-faults.ts";

/** A file at the server. */
export interface HeldFile {
  readonly id: string;
  readonly name: string;
  /** SHA-256 of its bytes. */
  readonly contentId: string;
  readonly bytes: number;
  /** Seconds since 1970. */
  readonly created: number;
  readonly expires: number | undefined;
  /** Milliseconds since 1970 from which the list shows it. */
  readonly listedFrom: number;
  /** What went wrong when it was uploaded; undefined if nothing did. */
  readonly fault?: string | undefined;
}

/** How badly a server behaves. */
export interface Weather {
  /** Shares of the uploads, and of all other requests, that go wrong. */
  readonly uploads: number;
  readonly others: number;
  /** Longest time, in milliseconds, by which a file is stored or listed late. */
  readonly late: number;
  readonly random: () => number;
}

export interface UploadServer {
  /** Ends in `/v1`. */
  readonly url: string;
  /** What it holds, whether the list shows it already or not. */
  readonly held: ReadonlyMap<string, HeldFile>;
  /** Requests, and faults by their names, so far. */
  readonly counts: { requests: number; uploads: number; faults: number; repeated: number };
  readonly faults: ReadonlyMap<string, number>;
  /** Ids of files that were deleted. */
  readonly deleted: readonly string[];
  /** Puts a file there as another tool would. */
  place(name: string, text: string): HeldFile;
  /** Ends all faults, and returns when nothing is on its way any more. */
  calm(): Promise<void>;
  stop(): Promise<void>;
}

interface State {
  weather: Weather;
  readonly held: Map<string, HeldFile>;
  readonly counts: UploadServer["counts"];
  readonly faults: Map<string, number>;
  readonly deleted: string[];
  /** Ids of the files of other tools. */
  readonly placed: Set<string>;
  /** What it still does. */
  readonly work: Set<Promise<void>>;
}

/** Starts a server that speaks the wire format of OpenAI's Files API and misbehaves as the weather says. */
export async function startUploadServer(weather: Weather): Promise<UploadServer> {
  const state: State = {
    weather,
    held: new Map(),
    counts: { requests: 0, uploads: 0, faults: 0, repeated: 0 },
    faults: new Map(),
    deleted: [],
    placed: new Set(),
    work: new Set(),
  };
  const server = createServer((message, response) => {
    // A client that was killed takes its connection along.
    const work = serve(state, message, response).catch(() => void response.destroy());
    state.work.add(work);
    void work.finally(() => state.work.delete(work));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    ...state,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    place(name, text) {
      const file = newFile(name, Buffer.from(text), undefined);
      state.placed.add(file.id);
      state.held.set(file.id, file);
      return file;
    },
    async calm() {
      state.weather = { ...state.weather, uploads: 0, others: 0, late: 0 };
      while (state.work.size > 0) await Promise.all(state.work);
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function serve(
  state: State,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  state.counts.requests++;
  if (message.method === "POST") return takeUpload(state, message, response);
  await readBody(message);
  const isFaulty = state.weather.random() < state.weather.others;
  // A request may be carried out although its reply is lost.
  const isDone = !isFaulty || state.weather.random() < 0.5;
  const reply = isDone ? carryOut(state, message) : "{}";
  if (isFaulty) return failing(state, response, reply);
  if (reply !== undefined) return send(response, reply);
  response.writeHead(404, { "content-type": "application/json" });
  response.end(JSON.stringify(errorBody("No such File object", null, "invalid_request_error")));
}

async function failing(state: State, response: ServerResponse, reply = "{}"): Promise<void> {
  count(state, "list, look or deletion");
  const answer = otherFaults[Math.floor(state.weather.random() * otherFaults.length)];
  await answer?.(response, reply);
}

/** The body of the reply; undefined if there is no such file. */
function carryOut(
  { held, deleted }: State,
  { url = "", method }: IncomingMessage,
): string | undefined {
  const id = new URL(url, "http://server").pathname.split("/")[3];
  if (id === undefined) {
    const now = Date.now();
    const shown = [...held.values()].filter(({ listedFrom }) => listedFrom <= now);
    // The newest first, as the real one.
    const data = shown.toReversed().map(described);
    return JSON.stringify({ object: "list", data, has_more: false });
  }
  const file = held.get(id);
  if (!file) return undefined;
  if (method !== "DELETE") return JSON.stringify(described(file));
  held.delete(id);
  deleted.push(id);
  return JSON.stringify({ id, object: "file", deleted: true });
}

async function takeUpload(
  state: State,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  state.counts.uploads++;
  const [name, fault] = nextFault(state);
  if (fault?.cutsBody) {
    await new Promise((resolve) => message.once("data", resolve).once("close", resolve));
    return fault.answer(response, "");
  }
  const file = { ...(await received(message, state)), fault: name };
  const store = (): void => hold(state, file);
  if (fault?.stored !== false && fault?.stored !== "late") store();
  const reply = JSON.stringify(described(file));
  if (!fault) return send(response, reply);
  await fault.answer(response, reply);
  if (fault.stored !== "late") return;
  await pause(state.weather.random() * state.weather.late);
  store();
}

function nextFault(state: State): readonly [name?: string, fault?: UploadFault | undefined] {
  const { random, uploads } = state.weather;
  if (random() >= uploads) return [];
  const all = Object.entries(uploadFaults);
  const [name = "", fault] = all[Math.floor(random() * all.length)] ?? [];
  count(state, name);
  return [name, fault];
}

function count({ counts, faults }: State, name: string): void {
  counts.faults++;
  faults.set(name, (faults.get(name) ?? 0) + 1);
}

function hold(state: State, file: HeldFile): void {
  const same = [...state.held.values()].filter(({ contentId }) => contentId === file.contentId);
  if (same.some(({ id }) => !state.placed.has(id))) state.counts.repeated++;
  state.held.set(file.id, file);
}

async function received(message: IncomingMessage, { weather }: State): Promise<HeldFile> {
  const form = await new Request("http://server/", {
    method: "POST",
    headers: { "content-type": message.headers["content-type"] ?? "" },
    body: await readBody(message),
  }).formData();
  const file = form.get("file");
  if (!(file instanceof File)) throw new Error("an upload without a file");
  const lifetime = form.get("expires_after[seconds]");
  const bytes = Buffer.from(await file.arrayBuffer());
  const made = newFile(file.name, bytes, lifetime === null ? undefined : Number(lifetime));
  const isListedLate = weather.random() < weather.uploads;
  const lag = isListedLate ? weather.random() * weather.late : 0;
  return { ...made, listedFrom: Date.now() + lag };
}

function newFile(name: string, bytes: Buffer, lifetime: number | undefined): HeldFile {
  const created = Math.floor(Date.now() / 1000);
  return {
    id: `file-${randomBytes(12).toString("hex")}`,
    name,
    contentId: createHash("sha256").update(bytes).digest("hex"),
    bytes: bytes.length,
    created,
    expires: lifetime === undefined ? undefined : created + lifetime,
    listedFrom: 0,
  };
}

function described({ id, name, bytes, created, expires }: HeldFile): object {
  return {
    object: "file",
    id,
    purpose: "user_data",
    filename: name,
    bytes,
    created_at: created,
    expires_at: expires ?? null,
    status: "processed",
  };
}
