import { type CallSite, fieldsOf, type Refusal, type Verdict } from "./http.ts";

/**
 * A reply that says no. Nearly all have the status 400, and tell the real one in their body; some have the real one at once. It may quote the key, so it
 * is never thrown further.
 */
export class Refused extends Error {
  override readonly name = "Refused";
  /** As if the server had said it at once. */
  readonly status: number;
  /** The server's own word, for example `NoSuchBucket`; `""` if it gave none. */
  readonly code: string;
  readonly error: { readonly message: string };
  readonly headers: Headers;

  constructor(refusal: Pick<Refused, "status" | "code" | "error" | "headers">) {
    super(refusal.error.message);
    ({ status: this.status, code: this.code, error: this.error, headers: this.headers } = refusal);
  }

  /** True if there is an object of this key already. */
  get isDuplicate(): boolean {
    return this.status === 409 && /AlreadyExists|Duplicate/.test(this.code);
  }

  /** True if there is no such bucket, or none that the key may see. */
  get isMissingBucket(): boolean {
    return this.status === 404 && /NoSuchBucket|Bucket not found/.test(this.code);
  }

  /** True if there is no such object, or none that the key may see. Not for a page that is not there: that is the wrong address. */
  get isGone(): boolean {
    if (this.isMissingBucket || this.code.includes("InvalidKey")) return true;
    // An unknown route says "Not Found".
    return this.status === 404 && /NoSuchKey|[Nn]ot[_ ]found/.test(this.code);
  }
}

/** Statuses of codes, for servers that tell nothing but the code. */
// https://supabase.com/docs/guides/storage/debugging/error-codes
const statuses: Readonly<Record<string, number>> = {
  NoSuchBucket: 404,
  NoSuchKey: 404,
  AccessDenied: 403,
  InvalidJWT: 401,
  SignatureDoesNotMatch: 401,
  InvalidSignature: 401,
  BucketAlreadyExists: 409,
  KeyAlreadyExists: 409,
  ResourceAlreadyExists: 409,
  EntityTooLarge: 413,
  InvalidMimeType: 415,
  ResourceLocked: 423,
  SlowDown: 429,
  LockTimeout: 503,
  DatabaseTimeout: 544,
};

const aboutToken = /\bjw[ts]\b|claim timestamp|signature verification/i;

/** Reads a refusal. */
export async function refusedBy(response: Response): Promise<Refused> {
  const { status, headers } = response;
  const body = fieldsOf(parsed(await response.text()));
  const words = [body["code"], body["error"]].filter((each) => typeof each === "string");
  const message = [body["message"], body["error"], body["msg"]].find(
    (each) => typeof each === "string",
  );
  const said = { code: words.join(" "), message: typeof message === "string" ? message : "" };
  return new Refused({
    status: realStatus(status, { ...said, told: body["statusCode"] }),
    code: said.code,
    error: { message: said.message },
    headers,
  });
}

interface Said {
  readonly code: string;
  readonly message: string;
  readonly told: unknown;
}

function realStatus(status: number, { code, message, told }: Said): number {
  const [known] = code.split(" ").flatMap((word) => statuses[word] ?? []);
  const number = Number(told);
  const isTold = status === 400 && number >= 400 && number < 600;
  const real = known ?? (isTold ? number : status);
  const isAboutKey = real === 400 || real === 403;
  return isAboutKey && aboutToken.test(message) ? 401 : real;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What Supabase's refusals mean where the usual words would mislead. */
export function judge(
  { status, sentence }: Refusal,
  { provider, file }: CallSite,
): Verdict | undefined {
  const what = file ?? "the file";
  if (status === 413) {
    return {
      code: "provider-rejected",
      sentence: `${provider} does not take ${what}: it is larger than the project or its bucket allows, which is 50 MB on the free plan; see the Storage settings of the project`,
    };
  }
  // A refusal of the API itself always has a sentence.
  if (status === 403 && sentence === "") {
    return {
      code: "provider-rejected",
      sentence: `A firewall in front of ${provider} refused the request, so ${file === undefined ? "nothing was done" : `${file} was not uploaded`}: wait a while, then try again with fewer files`,
    };
  }
  return undefined;
}
