import { OpenAI } from "openai";
import type { Connection as SdkConnection } from "./calls.ts";
import type { CallSite } from "./http.ts";

/** A server that speaks OpenAI's protocol, reached through OpenAI's SDK. */
export type Connection = SdkConnection<OpenAI>;

/** How one provider's requests differ from others'. */
export interface ConnectionOptions {
  readonly needsKey: boolean;
  /** Names of headers, in lower case, that may leave besides the usual ones. */
  readonly alsoSent?: readonly string[];
  /** Headers of every request. */
  readonly headers?: Readonly<Record<string, string | null>>;
  /** The header that carries the key alone, in lower case; `authorization`, behind the word `Bearer`, if it is left out. */
  readonly keyHeader?: string | undefined;
  /** Sends the requests; the global `fetch` if it is left out. */
  readonly fetch?: typeof fetch | undefined;
}

/** Milliseconds for an answer to begin. What has a limit of its own has it for its whole reply; an answer may go on as long as it likes. */
const answerTimeout = 600_000;

/** The only headers that leave: the SDK would add facts about this machine, and whatever the environment tells it to. */
const usuallySent = ["accept", "content-length", "content-type", "user-agent"] as const;

/** A connection to the server of a call site. One request for each call: nothing is retried here. */
export function connectionTo(
  site: CallSite,
  { needsKey, alsoSent = [], headers = {}, keyHeader, fetch: send }: ConnectionOptions,
): Connection {
  const sentHeaders = new Set<string>([...usuallySent, ...alsoSent, ...Object.keys(headers)]);
  const client = new OpenAI({
    baseURL: site.baseUrl,
    // All of these would otherwise be read from the environment. The SDK never learns the key: it is added below.
    apiKey: "none",
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    logLevel: "off",
    maxRetries: 0,
    timeout: answerTimeout,
    // Ours, or none: the environment must not set them.
    defaultHeaders: { ...Object.fromEntries(alsoSent.map((name) => [name, null])), ...headers },
    fetch(url, init) {
      const built = new Headers(init?.headers);
      const sent = new Headers([...built].filter(([name]) => sentHeaders.has(name)));
      if (site.key !== undefined && keyHeader !== undefined) sent.set(keyHeader, site.key);
      else if (site.key !== undefined) sent.set("authorization", `Bearer ${site.key}`);
      const signal = limited(init?.signal, built.get("x-stainless-timeout"));
      // The global one is looked up when it is needed, because tests replace it.
      return (send ?? fetch)(url, { ...init, headers: sent, redirect: "manual", signal });
    },
  });
  return { client, site, needsKey };
}

/** The SDK's own limit ends with the head of a reply: a server could take forever to end its body. */
function limited(
  signal: AbortSignal | null | undefined,
  seconds: string | null,
): AbortSignal | null {
  const limit = Number(seconds) * 1000;
  if (limit === 0 || limit === answerTimeout) return signal ?? null;
  return AbortSignal.any([AbortSignal.timeout(limit), ...(signal ? [signal] : [])]);
}
