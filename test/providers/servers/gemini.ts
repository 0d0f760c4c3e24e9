import { type ChatOptions, createChatApi } from "./gemini-chat.ts";
import { createFilesApi, type FilesApi, type FilesOptions, type HeldFile } from "./gemini-files.ts";
import { Refusal, type SeenRequest, startWire, type Wire } from "./gemini-wire.ts";

export interface GeminiServerOptions extends FilesOptions, ChatOptions {
  /** The only key that is let in; without it, everybody is. */
  readonly key?: string;
}

/** A stand-in for Google's Gemini API, as its documentation and recorded replies show it. */
export interface GeminiServer {
  /** The base URL, without a version. */
  readonly url: string;
  readonly requests: readonly SeenRequest[];
  /** The files that it holds now, oldest first. */
  readonly files: readonly HeldFile[];
  readonly plant: FilesApi["plant"];
  readonly fail: Wire["fail"];
  readonly stop: () => Promise<void>;
}

export async function startGeminiServer(options: GeminiServerOptions = {}): Promise<GeminiServer> {
  const files = createFilesApi(options);
  const chat = createChatApi(options);
  const wire = await startWire((exchange) => {
    checkKey(exchange.request, options.key);
    const { path } = exchange.request;
    if (/^(?:\/upload)?\/v1beta\/files(?:\/|$)/.test(path)) return files.handle(exchange);
    if (/^\/v1beta\/models(?:\/|$)/.test(path)) return chat.handle(exchange, files.files());
    throw new Refusal(404, "");
  });
  return {
    url: wire.origin,
    requests: wire.requests,
    get files() {
      return files.files();
    },
    plant: files.plant,
    fail: wire.fail,
    stop: wire.stop,
  };
}

/** The address of an upload grants what it is for. */
function checkKey({ headers, query }: SeenRequest, key: string | undefined): void {
  if (key === undefined || query.has("upload_id")) return;
  const given = headers["x-goog-api-key"] ?? query.get("key");
  if (given === key) return;
  if (given === null) {
    const sentence =
      "Method doesn't allow unregistered callers (callers without established identity).";
    throw new Refusal(
      403,
      `${sentence} Please use API Key or other form of API consumer identity.`,
    );
  }
  const details = [
    {
      "@type": "type.googleapis.com/google.rpc.ErrorInfo",
      reason: "API_KEY_INVALID",
      domain: "googleapis.com",
      metadata: { service: "generativelanguage.googleapis.com" },
    },
    {
      "@type": "type.googleapis.com/google.rpc.LocalizedMessage",
      locale: "en-US",
      message: "API key not valid. Please pass a valid API key.",
    },
  ];
  throw new Refusal(400, "API key not valid. Please pass a valid API key.", { details });
}
