import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import {
  APIConnectionError,
  APIError,
  AuthenticationError,
  BadRequestError,
  NotFoundError,
  RateLimitError,
  OpenAI,
  toFile,
} from "openai";
import { embeddedFiles } from "./answer.ts";
import { type DemoServer, startDemoServer } from "./server.ts";

const key = "sk-demo-right";

describe("the demo server, seen by the official SDK", () => {
  let server: DemoServer;
  let client: OpenAI;
  before(async () => {
    server = await startDemoServer({ requireKey: key });
    client = clientFor(server, key);
  });
  after(() => server.stop());

  it("keeps the bytes, the name and the lifetime of a file", async () => {
    const bytes = Uint8Array.from({ length: 5000 }, (_, index) => (index * 7 + 13) % 256);
    const file = await client.files.create({
      file: await toFile(bytes, 'Bericht "Q4" 📈 #1.pdf', { type: "application/pdf" }),
      purpose: "user_data",
      expires_after: { anchor: "created_at", seconds: 7200 },
    });
    assert.equal(file.bytes, 5000);
    assert.equal(file.filename, 'Bericht "Q4" 📈 #1.pdf');
    assert.equal(Number(file.expires_at) - file.created_at, 7200);
    const held = server.files.find((each) => each.id === file.id);
    assert.deepEqual(held?.bytes, bytes);
    assert.equal(held?.mediaType, "application/pdf");
    assert.deepEqual(await client.files.retrieve(file.id), file);
    await assert.rejects(client.files.content(file.id), /Not allowed to download files of purpose/);
    assert.equal((await client.files.delete(file.id)).deleted, true);
    await assert.rejects(client.files.retrieve(file.id), NotFoundError);
    assert.equal(server.files.length, 0);
  });

  it("pages through a list", async () => {
    const ids: string[] = [];
    for (const name of ["a", "b", "c", "d", "e"]) {
      const file = await toFile(new Uint8Array([1]), name);
      ids.unshift((await client.files.create({ file, purpose: "user_data" })).id);
    }
    const listed: string[] = [];
    for await (const file of client.files.list({ limit: 2 })) listed.push(file.id);
    assert.deepEqual(listed, ids);
    for (const id of ids) await client.files.delete(id);
  });

  it("refuses what the real service refuses", async () => {
    const file = await toFile(new Uint8Array([1]), "a.txt");
    const seconds = 60;
    const tooShort = { anchor: "created_at", seconds } as const;
    await assert.rejects(
      client.files.create({ file, purpose: "user_data", expires_after: tooShort }),
      BadRequestError,
    );
    await assert.rejects(
      client.files.create({ file, purpose: "nonsense" as "user_data" }),
      BadRequestError,
    );
    await assert.rejects(
      clientFor(server, "sk-demo-wrong").models.list(),
      (error) => error instanceof AuthenticationError && error.code === "invalid_api_key",
    );
    await assert.rejects(
      client.chat.completions.create({ model: "gpt-4", messages: [] }),
      (error) => error instanceof NotFoundError && error.code === "model_not_found",
    );
  });

  it("offers two models", async () => {
    const models = await client.models.list();
    assert.deepEqual(
      models.data.map((model) => model.id),
      ["demo-large", "demo-small"],
    );
  });

  it("tells what it received, and what of it was cached", async () => {
    const table = "region,revenue\n".concat("north,1\n".repeat(1000)).trimEnd();
    const pack = `<file-0f3a name="sales.csv" type="text/csv" lines="1001">\n${table}\n</file-0f3a>\n`;
    const messages = [
      { role: "system" as const, content: "You answer questions about files." },
      { role: "user" as const, content: pack },
      { role: "user" as const, content: "Which region is ahead?" },
    ];
    const first = await client.chat.completions.create({ model: "demo-large", messages });
    const text = JSON.stringify(first.choices);
    assert.match(text, /> Which region is ahead\?/);
    assert.match(text, /\*\*3 messages\*\*/);
    assert.match(text, /- \*\*sales\.csv\*\* · text\/csv · 8\.0 KB · about 2,004 tokens/);
    assert.equal(first.usage?.prompt_tokens_details?.cached_tokens, 0);
    const second = await client.chat.completions.create({ model: "demo-large", messages });
    const tokens = first.usage?.prompt_tokens;
    assert.equal(tokens, 2041);
    assert.equal(second.usage?.prompt_tokens_details?.cached_tokens, 1920);
  });

  it("streams the same answer, with usage at the end", async () => {
    const messages = [{ role: "user" as const, content: "Hello?" }];
    const whole = await client.chat.completions.create({ model: "demo-small", messages });
    const stream = await client.chat.completions.create({
      model: "demo-small",
      messages,
      stream: true,
      stream_options: { include_usage: true },
    });
    let text = "";
    let pieces = 0;
    let input: number | undefined;
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? "";
      pieces += 1;
      input = chunk.usage?.prompt_tokens ?? input;
    }
    assert.equal(text, whole.choices[0]?.message.content);
    assert.ok(pieces > 10);
    assert.equal(input, whole.usage?.prompt_tokens);
    assert.equal(server.requests.at(-1)?.finished, true);
  });

  it("fails when told to, once", async () => {
    server.fail({ status: 429, headers: { "retry-after": "7" } });
    await assert.rejects(client.models.list(), RateLimitError);
    server.fail("reset");
    await assert.rejects(client.models.list(), APIConnectionError);
    server.fail("reset-after");
    const file = await toFile(new Uint8Array([1]), "kept.txt");
    await assert.rejects(client.files.create({ file, purpose: "user_data" }), APIError);
    assert.equal(server.files.at(-1)?.filename, "kept.txt");
    assert.equal((await client.models.list()).data.length, 2);
  });
});

it("notices that a reader went away", async () => {
  const server = await startDemoServer({ pace: 20 });
  try {
    const stream = await clientFor(server, "any").chat.completions.create({
      model: "demo-small",
      messages: [{ role: "user", content: "word ".repeat(100) }],
      stream: true,
    });
    for await (const chunk of stream) if (chunk.choices[0]?.delta.content) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.equal(server.requests[0]?.finished, false);
  } finally {
    await server.stop();
  }
});

it("reads the files of a prompt, in order, with their names unescaped", () => {
  const prompt = [
    "intro",
    '<file-ab12 name="a &#38; &#34;b&#34;.md" type="text/markdown">',
    'text with </file-9999> and <file-77 name="x">',
    "</file-ab12>",
    '<file-ab12 name="c.ts" type="text/typescript" note="excerpt">',
    "",
    "</file-ab12>",
    "",
  ].join("\n");
  assert.deepEqual(
    embeddedFiles(prompt).map((file) => [file.name, file.mediaType]),
    [
      ['a & "b".md', "text/markdown"],
      ["c.ts", "text/typescript"],
    ],
  );
});

function clientFor(server: DemoServer, apiKey: string): OpenAI {
  return new OpenAI({ baseURL: server.url, apiKey, maxRetries: 0 });
}
