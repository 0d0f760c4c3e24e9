/** The parts of the demo server that hold and read files, judged by the official SDK. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { BadRequestError, NotFoundError, OpenAI, toFile } from "openai";
import { type DemoServer, startDemoServer } from "./server.ts";

let server: DemoServer;
let client: OpenAI;
before(async () => {
  server = await startDemoServer();
  client = new OpenAI({ baseURL: server.url, apiKey: "any", maxRetries: 0 });
});
after(() => server.stop());

describe("an upload in parts, by the official SDK", () => {
  const bytes = Uint8Array.from({ length: 1000 }, (_, index) => (index * 7 + 13) % 256);
  const begin = (length = bytes.length): Promise<OpenAI.Uploads.Upload> =>
    client.uploads.create({
      filename: "large.pdf",
      purpose: "user_data",
      bytes: length,
      mime_type: "application/pdf",
      expires_after: { anchor: "created_at", seconds: 3600 },
    });
  const send = async (id: string, part: Uint8Array): Promise<string> =>
    (await client.uploads.parts.create(id, { data: await toFile(part, "part") })).id;

  it("becomes a file of the parts in the order that the end names", async () => {
    const upload = await begin();
    assert.equal(upload.status, "pending");
    const second = await send(upload.id, bytes.subarray(600));
    const first = await send(upload.id, bytes.subarray(0, 600));
    const md5 = createHash("md5").update(bytes).digest("hex");
    const done = await client.uploads.complete(upload.id, { part_ids: [first, second], md5 });
    assert.equal(done.status, "completed");
    assert.equal(done.file?.filename, "large.pdf");
    assert.equal(done.file?.bytes, 1000);
    assert.equal(Number(done.file?.expires_at) - (done.file?.created_at ?? 0), 3600);
    assert.deepEqual(server.files.at(-1)?.bytes, bytes);
    await assert.rejects(client.uploads.cancel(upload.id), BadRequestError);
  });

  it("is refused for wrong sums, sizes and parts, and after its end", async () => {
    const upload = await begin();
    const part = await send(upload.id, bytes.subarray(1));
    const complete = (body: OpenAI.Uploads.UploadCompleteParams): Promise<unknown> =>
      client.uploads.complete(upload.id, body);
    await assert.rejects(complete({ part_ids: [part] }), BadRequestError);
    await assert.rejects(complete({ part_ids: ["part_none"] }), BadRequestError);
    const rest = await send(upload.id, bytes.subarray(0, 1));
    const md5 = createHash("md5").update("other").digest("hex");
    await assert.rejects(complete({ part_ids: [rest, part], md5 }), /checksum/);
    assert.equal((await client.uploads.cancel(upload.id)).status, "cancelled");
    await assert.rejects(send(upload.id, bytes), BadRequestError);
    await assert.rejects(begin(9_000_000_000), BadRequestError);
    await assert.rejects(client.uploads.cancel("upload_none"), NotFoundError);
  });
});

describe("files in requests, by the official SDK", () => {
  const uploaded = async (name: string, type: string, text: string): Promise<string> =>
    (
      await client.files.create({
        file: await toFile(new TextEncoder().encode(text), name, { type }),
        purpose: "user_data",
      })
    ).id;
  const respond = (
    content: OpenAI.Responses.ResponseInputMessageContentList,
  ): Promise<OpenAI.Responses.Response> =>
    client.responses.create({
      model: "demo-large",
      input: [{ role: "user", content }],
      store: false,
    });
  const text = { type: "input_text", text: "What does it say?" } as const;
  const data = `data:text/plain;base64,${btoa("inline text")}`;

  it("are read by their ids, and as they stand", async () => {
    const id = await uploaded("notes.md", "text/markdown", "# Notes\nAll is well.");
    const { output_text } = await respond([
      { type: "input_file", file_id: id },
      { type: "input_file", filename: "more.txt", file_data: data },
      { type: "input_image", detail: "auto", image_url: "data:image/png;base64,iVBORw0KGgo=" },
      text,
    ]);
    assert.match(output_text, /> What does it say\?/);
    assert.match(output_text, /\*\*notes\.md\*\* · text\/markdown · 20 B/);
    assert.match(output_text, /\*\*more\.txt\*\* · text\/plain · 11 B/);
    assert.match(output_text, /\*\*image\*\* · image\/png/);
  });

  it("are refused if they are gone, or of another type", async () => {
    const id = await uploaded("pipeline.ts", "text/typescript", "export {};");
    await assert.rejects(respond([{ type: "input_file", file_id: id }]), /but got \.ts/);
    await assert.rejects(respond([{ type: "input_image", detail: "auto", file_id: id }]), /image/);
    await assert.rejects(respond([{ type: "input_file", file_id: "file-none" }]), NotFoundError);
    const both = { type: "input_file", file_id: id, file_data: data } as const;
    await assert.rejects(respond([both]), BadRequestError);
    await assert.rejects(respond([{ type: "input_file", file_data: data }]), BadRequestError);
  });

  it("are read by Chat Completions if they are PDFs, and refused if not", async () => {
    const ask = (file: OpenAI.ChatCompletionContentPart.File.File): Promise<unknown> =>
      client.chat.completions.create({
        model: "demo-large",
        messages: [{ role: "user", content: [{ type: "file", file }] }],
      });
    const pdf = await uploaded("report.pdf", "application/pdf", "%PDF-1.7");
    assert.match(JSON.stringify(await ask({ file_id: pdf })), /report\.pdf/);
    const note = await uploaded("notes.md", "text/markdown", "# Notes");
    await assert.rejects(ask({ file_id: note }), /supported format: \.pdf but got \.md/);
    await assert.rejects(ask({ filename: "more.txt", file_data: data }), BadRequestError);
  });
});

describe("responses, by the official SDK", () => {
  const input = [
    { role: "developer", content: "Be brief." },
    { role: "user", content: "Hello? ".repeat(1000) },
  ] as const satisfies OpenAI.Responses.ResponseInput;
  const model = "demo-small";

  it("come whole, streamed and counted, with equal figures", async () => {
    const whole = await client.responses.create({ model, input: [...input], store: false });
    assert.equal(whole.usage?.input_tokens_details.cached_tokens, 0);
    const counted = await client.responses.inputTokens.count({ model, input: [...input] });
    assert.equal(counted.input_tokens, whole.usage?.input_tokens);
    const stream = client.responses.stream({ model, input: [...input], store: false });
    let deltas = "";
    for await (const event of stream) {
      if (event.type === "response.output_text.delta") deltas += event.delta;
    }
    const streamed = await stream.finalResponse();
    assert.equal(deltas, streamed.output_text);
    assert.equal(streamed.usage?.input_tokens, whole.usage?.input_tokens);
    assert.equal(streamed.usage?.input_tokens_details.cached_tokens, 1664);
    assert.deepEqual(
      streamed.output.map(({ type }) => type),
      ["reasoning", "message"],
    );
  });

  it("call the first tool where they must", async () => {
    const tool = { type: "function", name: "list_files", parameters: {}, strict: false } as const;
    const { output } = await client.responses.create({
      model,
      input: [...input],
      store: false,
      tools: [tool],
      tool_choice: "required",
    });
    const call = output.find((item) => item.type === "function_call");
    assert.equal(call?.name, "list_files");
    const next = await client.responses.create({
      model,
      input: [
        ...input,
        { type: "function_call", call_id: "call_1", name: "list_files", arguments: "{}" },
        { type: "function_call_output", call_id: "call_1", output: "a.md" },
      ],
      store: false,
    });
    assert.match(next.output_text, /\*\*4 messages\*\*/);
  });
});
