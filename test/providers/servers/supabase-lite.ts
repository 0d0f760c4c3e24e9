/**
 * A Supabase on the loopback interface: Auth, row-level security and the objects' rows are those of @supabase/lite on PGlite, the bytes lie in memory. What
 * its Storage API says otherwise than the real one is put right on the way: see `supabase-wire.ts`.
 */
import { type Exchange, type FakeHttp, fields, startFakeHttp } from "./fake-http.ts";
import { throughWire } from "./supabase-wire.ts";

/** What of the package is used. Its own types need those of all its parts. */
interface LiteApp {
  ensureSystemSchema(): Promise<void>;
  init(): Promise<unknown>;
  fetch(request: Request): Promise<Response>;
}

interface LiteConnection {
  exec(query: string, ...parameters: readonly unknown[]): Promise<unknown>;
  close(): Promise<void>;
}

interface LitePackage {
  readonly App: new (config: object) => LiteApp;
  readonly setExperimental: (feature: "storage", enabled: boolean) => void;
}

interface PglitePackage {
  readonly createPgliteConnection: (config: object) => Promise<LiteConnection>;
}

export interface SupabaseLite extends Omit<FakeHttp, "origin"> {
  /** A project's address: what a user would set. */
  readonly url: string;
  /** Bypasses row-level security. */
  readonly secretKey: string;
  /** May do what policies let anybody do. */
  readonly publishableKey: string;
  /** Signs a user up and gives the token that he may use as a key. */
  signUp(email: string): Promise<string>;
  /** Runs SQL as the owner of the database. */
  sql(query: string, ...parameters: readonly unknown[]): Promise<unknown>;
  /** The bytes of an object, by `<bucket>/<key>`. */
  stored(id: string): Uint8Array | undefined;
}

const secretKey = "sb_secret_canary_3f9a7c51e2d84b60";
const publishableKey = "sb_publishable_0123456789abcdef";

export async function startSupabaseLite(): Promise<SupabaseLite> {
  const bytes = new Map<string, Uint8Array>();
  const { app, connection } = await openLite(bytes);
  const sql: SupabaseLite["sql"] = (query, ...parameters) => connection.exec(query, ...parameters);
  const ask = (request: Request): Promise<Response> => app.fetch(request);
  const http = await startFakeHttp({
    handle: async (exchange) => answer(exchange, await throughWire(requestOf(exchange), ask, sql)),
    refuse: (error, { response }) => response.writeHead(500).end(String(error)),
  });
  return {
    ...http,
    url: http.origin,
    secretKey,
    publishableKey,
    sql,
    stored: (id) => bytes.get(id),
    async signUp(email) {
      const response = await fetch(`${http.origin}/auth/v1/signup`, {
        method: "POST",
        headers: { apikey: publishableKey, "content-type": "application/json" },
        body: JSON.stringify({ email, password: "correct horse battery staple" }),
      });
      return String(fields(await response.json())["access_token"]);
    },
    async stop() {
      await http.stop();
      await connection.close();
    },
  };
}

async function openLite(
  bytes: Map<string, Uint8Array>,
): Promise<{ readonly app: LiteApp; readonly connection: LiteConnection }> {
  // By an address that the compiler does not follow: see `LiteApp`.
  const lite = (await import(import.meta.resolve("@supabase/lite"))) as LitePackage;
  const pglite = (await import(import.meta.resolve("@supabase/lite/pglite"))) as PglitePackage;
  lite.setExperimental("storage", true);
  const connection = await pglite.createPgliteConnection({});
  const app = new lite.App({
    connection,
    auth: {
      enabled: true,
      jwt_secret: "a secret of this test that signs tokens",
      secret_key: secretKey,
      publishable_key: publishableKey,
    },
    storage: { enabled: true },
  });
  Object.assign(app, { _storageAdapter: inMemory(bytes) });
  await app.ensureSystemSchema();
  await app.init();
  return { app, connection };
}

/** Keeps the objects' bytes. The package has one that uses a folder, and does not export it. */
function inMemory(bytes: Map<string, Uint8Array>): object {
  return {
    driver: undefined,
    async uploadObject(
      ...[bucket, key, , body, mimetype, cacheControl]: [
        bucket: string,
        key: string,
        version: string | undefined,
        body: ReadableStream | Uint8Array<ArrayBuffer>,
        mimetype: string,
        cacheControl: string,
      ]
    ) {
      const stored = new Uint8Array(await new Response(body).arrayBuffer());
      bytes.set(`${bucket}/${key}`, stored);
      return { ...factsOf(stored), mimetype, cacheControl };
    },
    async getObject(bucket: string, key: string) {
      const body = bytes.get(`${bucket}/${key}`) ?? new Uint8Array();
      return { metadata: factsOf(body), httpStatusCode: 200, body };
    },
    headObject: async (bucket: string, key: string) =>
      factsOf(bytes.get(`${bucket}/${key}`) ?? new Uint8Array()),
    deleteObject: async (bucket: string, key: string) => void bytes.delete(`${bucket}/${key}`),
    async deleteObjects(bucket: string, keys: readonly string[]) {
      for (const key of keys) bytes.delete(`${bucket}/${key}`);
    },
  };
}

function factsOf(body: Uint8Array): object {
  const size = body.length;
  return {
    size,
    contentLength: size,
    eTag: `"${size}"`,
    lastModified: new Date(),
    httpStatusCode: 200,
  };
}

function requestOf({ request, raw }: Exchange): Request {
  // As clients write it: lite decodes it as little.
  const path = encodeURI(request.path).replace(/[?#]/g, encodeURIComponent);
  const query = request.query.size > 0 ? `?${request.query.toString()}` : "";
  const { method, headers } = request;
  const body = method === "GET" || method === "HEAD" ? {} : { body: raw };
  return new Request(`http://127.0.0.1${path}${query}`, { method, headers, ...body });
}

async function answer({ response }: Exchange, reply: Response): Promise<void> {
  const body = Buffer.from(await reply.arrayBuffer());
  const headers = Object.fromEntries(reply.headers);
  response.writeHead(reply.status, { ...headers, "content-length": body.length }).end(body);
}
