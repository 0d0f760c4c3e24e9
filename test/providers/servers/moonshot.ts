import { partsOf, streamAnswer, tokensOf } from "./chat-stream.ts";
import {
  type Exchange,
  type FakeHttp,
  fields,
  list,
  type SeenRequest,
  sendJson,
  startFakeHttp,
} from "./fake-http.ts";
import { createKimiFiles, type KimiFile, type Shape } from "./moonshot-files.ts";
import { Refusal } from "./moonshot-refusal.ts";

export interface MoonshotServerOptions {
  /** The only key that is let in. */
  readonly key: string;
  /** How replies are written to those who do not ask for one way; `compat` if it is left out. */
  readonly shape?: Shape;
  readonly maxFiles?: number;
  /** Milliseconds before each word of an answer. */
  readonly pace?: number;
}

/** A stand-in for Kimi's platform, as its documentation describes it. */
export interface MoonshotServer {
  /** Ends in `/v1`. */
  readonly url: string;
  readonly requests: readonly SeenRequest[];
  readonly files: readonly KimiFile[];
  /** Puts a file there as if a colleague had uploaded it. */
  readonly plant: (file: Partial<KimiFile>) => KimiFile;
  readonly hang: () => void;
  readonly stop: () => Promise<void>;
}

const models = [
  { id: "kimi-k3", context_length: 1_048_576, supports_image_in: true, supports_video_in: true },
  { id: "kimi-k2.6", context_length: 262_144, supports_image_in: true, supports_video_in: true },
  {
    id: "kimi-k9-mini",
    context_length: 65_536,
    supports_image_in: false,
    supports_video_in: false,
  },
] as const;

/** Everything that a question may hold; the sampling of today's models is fixed, and every other value of it is refused. */
const chatFields = new Set([
  "max_completion_tokens",
  "messages",
  "model",
  "prompt_cache_key",
  "stream",
  "stream_options",
  "tool_choice",
  "tools",
]);

export async function startMoonshotServer({
  key,
  shape = "compat",
  maxFiles = 1000,
  pace = 0,
}: MoonshotServerOptions): Promise<MoonshotServer> {
  const files = createKimiFiles({ shape, maxFiles });
  const http: FakeHttp = await startFakeHttp({
    async handle(exchange) {
      const { method, path, headers } = exchange.request;
      if (headers["authorization"] !== `Bearer ${key}`) {
        throw new Refusal(401, "Invalid Authentication", "invalid_authentication_error");
      }
      if (path.startsWith("/v1/files")) return files.handle(exchange);
      if (path === "/v1/models" && method === "GET") return sendModels(exchange);
      if (path === "/v1/chat/completions" && method === "POST") {
        return answer(exchange, files.files(), pace);
      }
      if (path === "/v1/tokenizers/estimate-token-count" && method === "POST") {
        checkMessages(exchange.request.body, files.files());
        const data = { total_tokens: tokensOf(exchange.request.body) };
        return sendJson(exchange.response, 200, { data });
      }
      throw new Refusal(404, "The requested resource was not found", "resource_not_found_error");
    },
    refuse(error, { response }) {
      const { status, message, type } =
        error instanceof Refusal ? error : new Refusal(500, String(error), "server_error");
      sendJson(response, status, { error: { message, type } });
    },
  });
  return {
    url: `${http.origin}/v1`,
    requests: http.requests,
    get files() {
      return files.files();
    },
    plant: files.plant,
    hang: http.hang,
    stop: http.stop,
  };
}

function sendModels({ response }: Exchange): void {
  const data = models.map((model) => ({
    object: "model",
    created: 1,
    owned_by: "moonshot",
    supports_reasoning: true,
    ...model,
  }));
  sendJson(response, 200, { object: "list", data });
}

// https://platform.kimi.ai/docs/api/chat
async function answer(
  { request, response }: Exchange,
  files: readonly KimiFile[],
  pace: number,
): Promise<void> {
  const body = fields(request.body);
  const model = models.find(({ id }) => id === body["model"]);
  if (model === undefined) {
    const sentence = `Not found the model ${String(body["model"])} or Permission denied`;
    throw new Refusal(404, sentence, "resource_not_found_error");
  }
  const strange = Object.keys(body).find((name) => !chatFields.has(name));
  if (strange !== undefined) throw new Refusal(400, `invalid ${strange} for this model`);
  checkMessages(body, files);
  const input = tokensOf(body);
  if (input + Number(body["max_completion_tokens"] ?? 1024) > model.context_length) {
    throw new Refusal(400, "Invalid request: Your request exceeded model token limit");
  }
  const cached = body["prompt_cache_key"] === undefined ? 0 : 256;
  const usage = {
    prompt_tokens: input,
    completion_tokens: 12,
    total_tokens: input + 12,
    cached_tokens: cached,
    // What an older field says is not what is billed.
    prompt_tokens_details: { cached_tokens: 1 },
  };
  const isAsked = fields(body["stream_options"])["include_usage"] === true;
  await streamAnswer(response, {
    model: model.id,
    text: "Paris is the capital of France.",
    pace,
    ending: { reason: "stop", choice: { usage } },
    after: isAsked ? [{ usage }] : [],
  });
}

function checkMessages(body: unknown, files: readonly KimiFile[]): void {
  for (const [index, message] of list(fields(body)["messages"]).map(fields).entries()) {
    if (message["tool_calls"] === undefined) {
      const { content } = message;
      if (content === "" || (list(content).length === 0) === (typeof content !== "string")) {
        throw new Refusal(400, `Invalid request: message at position ${index} must not be empty`);
      }
    } else if (!message["reasoning_content"]) {
      throw new Refusal(
        400,
        `thinking is enabled but reasoning_content is missing in assistant tool call message at index ${index}`,
      );
    }
  }
  for (const part of partsOf(body)) checkPart(part, files);
}

function checkPart(part: Readonly<Record<string, unknown>>, files: readonly KimiFile[]): void {
  if (part["type"] === "text") return;
  const kind = String(part["type"]).replace(/_url$/, "");
  const url = String(fields(part[`${kind}_url`])["url"]);
  if ((kind !== "image" && kind !== "video") || !/^(?:ms:\/\/|data:)/.test(url)) {
    throw new Refusal(400, `Invalid request: unsupported content part ${JSON.stringify(part)}`);
  }
  const id = /^ms:\/\/(.*)$/.exec(url)?.[1];
  if (id === undefined) return;
  const file = files.find((each) => each.id === id);
  if (file === undefined)
    throw new Refusal(404, `file ${id} not found`, "resource_not_found_error");
  if (file.purpose !== kind) {
    throw new Refusal(400, `Invalid request: file ${id} has the purpose ${file.purpose}`);
  }
}
