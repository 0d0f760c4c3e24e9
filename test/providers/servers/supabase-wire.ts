/** What @supabase/lite 0.10.0 says otherwise than the Storage API of Supabase, as supabase/storage has it in its source: put right on the way. */
import { fields, list } from "./fake-http.ts";

type Ask = (request: Request) => Promise<Response>;
type Sql = (query: string, ...parameters: readonly unknown[]) => Promise<unknown>;

const base = "/storage/v1/object";
const headers = { "content-type": "application/json; charset=utf-8" };

/** Answers a request as the real service would. */
export async function throughWire(request: Request, ask: Ask, sql: Sql): Promise<Response> {
  const path = decodeURIComponent(new URL(request.url).pathname);
  const [, kind = "object"] =
    /^\/storage\/v1\/object\/(?:(info|sign|list-v2|list|upload|move|copy)\/)?/.exec(path) ?? [""];
  switch (`${request.method} ${kind}`) {
    case "POST list-v2":
      return listV2(request, path, ask);
    case "GET info":
      return info(await ask(request));
    case "POST sign":
      return signed(await ask(request));
    case "POST object":
      return path.startsWith(`${base}/`) ? upload(request, path, { ask, sql }) : ask(request);
    default:
      return ask(request);
  }
}

/** Lite takes any key, and drops the metadata. */
async function upload(
  request: Request,
  path: string,
  { ask, sql }: { readonly ask: Ask; readonly sql: Sql },
): Promise<Response> {
  const [, bucket = "", key = ""] = /^\/storage\/v1\/object\/([^/]+)\/(.*)$/s.exec(path) ?? [];
  if (!/^[\w/!.*'() &$@=;:+,?-]+$/.test(key)) {
    const error = { statusCode: "400", error: "InvalidKey", code: "InvalidKey" };
    return json({ ...error, message: `Invalid key: ${key}` }, 400);
  }
  const encoded = request.headers.get("x-metadata");
  const reply = await ask(request);
  if (!reply.ok || encoded === null) return reply;
  const metadata = Buffer.from(encoded, "base64").toString("utf8");
  await sql(
    `update storage.objects set user_metadata = '${metadata.replaceAll("'", "''")}'::jsonb where bucket_id = '${bucket}' and name = '${key.replaceAll("'", "''")}'`,
  );
  return reply;
}

/** Lite sends the row of its database. */
async function info(reply: Response): Promise<Response> {
  if (!reply.ok) return reply;
  const row = fields(await reply.json());
  const facts = fields(row["metadata"]);
  const { id, name, version, bucket_id, user_metadata, updated_at, created_at } = row;
  return json({
    id,
    name,
    version,
    bucket_id,
    size: facts["size"] ?? null,
    content_type: facts["mimetype"] ?? null,
    cache_control: facts["cacheControl"] ?? null,
    etag: facts["eTag"] ?? null,
    metadata: user_metadata,
    last_modified: updated_at,
    created_at,
  });
}

/** Lite sends `signedUrl` with the whole path. */
async function signed(reply: Response): Promise<Response> {
  if (!reply.ok) return reply;
  const { signedUrl } = fields(await reply.json());
  return json({ signedURL: String(signedUrl).replace(/^\/storage\/v1/, "") });
}

/** Lite has only the first way of listing. A bucket that is not there is an empty list. */
async function listV2(request: Request, path: string, ask: Ask): Promise<Response> {
  const { limit = 1000, cursor = "", prefix = "" } = fields(await request.json());
  const bucket = path.slice(`${base}/list-v2/`.length);
  const asked = new Request(`http://127.0.0.1${base}/list/${bucket}`, {
    method: "POST",
    headers: { ...Object.fromEntries(request.headers), "content-type": "application/json" },
    body: JSON.stringify({ prefix, limit: 100_000, offset: 0 }),
  });
  asked.headers.delete("content-length");
  const reply = await ask(asked);
  const body: unknown = await reply.json();
  if (fields(body)["statusCode"] === "404") return json(page([], 0));
  if (!reply.ok) return json(body, reply.status);
  const after = Buffer.from(String(cursor), "base64").toString("utf8");
  const rows = list(body)
    .map(fields)
    .filter((row) => String(row["name"]) > after)
    .toSorted((one, other) => (String(one["name"]) < String(other["name"]) ? -1 : 1));
  return json(page(rows, Number(limit)));
}

function page(rows: readonly Readonly<Record<string, unknown>>[], limit: number): object {
  const objects = rows.slice(0, limit).map((row) => {
    const { id, name, updated_at, created_at, last_accessed_at, metadata } = row;
    return { id, name, key: name, updated_at, created_at, last_accessed_at, metadata };
  });
  const hasNext = rows.length > objects.length;
  const last = Buffer.from(String(objects.at(-1)?.name)).toString("base64");
  return { hasNext, folders: [], objects, ...(hasNext ? { nextCursor: last } : {}) };
}

function json(body: unknown, status = 200): Response {
  return new Response(JSON.stringify(body), { status, headers });
}
