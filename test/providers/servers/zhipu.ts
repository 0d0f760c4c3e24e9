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
import { createGlmFiles, type GlmFile } from "./zhipu-files.ts";
import { Refusal } from "./zhipu-refusal.ts";

export interface ZhipuServerOptions {
  /** The only key that is let in. */
  readonly key: string;
  /** Milliseconds before each word of an answer. */
  readonly pace?: number;
  /** Why answers end; `stop` if it is left out. */
  readonly reason?: string;
}

/** A stand-in for Zhipu's platform, as its documentation describes it. */
export interface ZhipuServer {
  /** Ends in `/api/paas/v4`. */
  readonly url: string;
  readonly requests: readonly SeenRequest[];
  readonly files: readonly GlmFile[];
  /** Puts a file there as if another tool had uploaded it. */
  readonly plant: (file: Partial<GlmFile>) => GlmFile;
  readonly hang: () => void;
  readonly stop: () => Promise<void>;
}

const base = "/api/paas/v4";
/** Which kinds of parts a model takes. */
const models: Readonly<Record<string, readonly string[]>> = {
  "glm-5.3-flash": ["text", "file", "image_url"],
  "glm-5.3": ["text"],
  "glm-5v-turbo": ["text", "image_url"],
};
/** What a question holds when it is asked in the words of the documentation, and leaves sampling alone. */
const chatFields = new Set(["messages", "model", "stream", "tool_choice", "tools"]);

export async function startZhipuServer({
  key,
  pace = 0,
  reason = "stop",
}: ZhipuServerOptions): Promise<ZhipuServer> {
  const files = createGlmFiles();
  const http: FakeHttp = await startFakeHttp({
    async handle(exchange) {
      const { method, path, headers, body } = exchange.request;
      if (headers["authorization"] !== `Bearer ${key}`) {
        throw new Refusal(401, "1000", "Authentication Failed");
      }
      if (path.startsWith(`${base}/files`)) return files.handle(exchange);
      if (path === `${base}/models` && method === "GET") {
        const data = [{ id: "glm-5.3", object: "model", created: 1, owned_by: "z-ai" }];
        return sendJson(exchange.response, 200, { object: "list", data });
      }
      if (path === `${base}/tokenizer` && method === "POST") {
        checkParts(body, files.files());
        const total = tokensOf(body);
        const usage = {
          prompt_tokens: total,
          image_tokens: 0,
          video_tokens: 0,
          total_tokens: total,
        };
        return sendJson(exchange.response, 200, { usage });
      }
      if (path === `${base}/chat/completions` && method === "POST") {
        return answer(exchange, files.files(), { pace, reason });
      }
      sendJson(exchange.response, 404, { status: 404, error: "Not Found", path });
    },
    refuse(error, { response }) {
      const { status, code, message } =
        error instanceof Refusal ? error : new Refusal(500, "1234", String(error));
      sendJson(response, status, { error: { code, message } });
    },
  });
  return {
    url: `${http.origin}${base}`,
    requests: http.requests,
    get files() {
      return files.files();
    },
    plant: files.plant,
    hang: http.hang,
    stop: http.stop,
  };
}

// https://docs.z.ai/api-reference/llm/chat-completion
async function answer(
  { request, response }: Exchange,
  files: readonly GlmFile[],
  { pace, reason }: { readonly pace: number; readonly reason: string },
): Promise<void> {
  const body = fields(request.body);
  const strange = Object.keys(body).find((name) => !chatFields.has(name));
  if (strange !== undefined) throw new Refusal(400, "1214", `The ${strange} parameter is invalid`);
  checkParts(body, files);
  const input = tokensOf(body);
  const usage = {
    prompt_tokens: input,
    completion_tokens: 12,
    total_tokens: input + 12,
    prompt_tokens_details: { cached_tokens: 3 },
  };
  await streamAnswer(response, {
    model: String(body["model"]),
    text: "Paris is the capital of France.",
    pace,
    ending: { reason, chunk: { usage } },
  });
}

function checkParts(body: unknown, files: readonly GlmFile[]): void {
  const { model, messages } = fields(body);
  const taken = Object.hasOwn(models, String(model)) ? models[String(model)] : undefined;
  if (taken === undefined)
    throw new Refusal(400, "1211", "Unknown Model, please check the model code.");
  if (list(messages).length === 0) throw new Refusal(400, "1213", "messages is missing");
  const parts = partsOf(body);
  const kinds = new Set(parts.map((part) => String(part["type"])));
  const strange = [...kinds].find((kind) => !taken.includes(kind));
  if (strange !== undefined) throw new Refusal(400, "1210", `${strange} is not supported`);
  if (kinds.has("file") && kinds.has("image_url")) {
    throw new Refusal(400, "1215", "file and image_url cannot be passed at the same time");
  }
  for (const { file } of parts) checkFile(fields(file), files);
}

function checkFile(file: Readonly<Record<string, unknown>>, files: readonly GlmFile[]): void {
  const { file_id: id, file_data: data, filename } = file;
  if (id === undefined && data === undefined) return;
  if (id === undefined) {
    if (typeof filename === "string" && /^data:[^;]+;base64,/.test(String(data))) return;
    throw new Refusal(400, "1210", "file_data is invalid");
  }
  if (!files.some((each) => each.id === id && each.purpose === "agent")) {
    throw new Refusal(400, "1214", `The file ${JSON.stringify(id)} does not exist`);
  }
}
