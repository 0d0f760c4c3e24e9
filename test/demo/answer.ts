/** One message of a chat request, its content as text. */
export interface DemoMessage {
  readonly role: string;
  readonly content: string;
}

/** A file that a request carries as text. */
export interface EmbeddedFile {
  readonly name: string;
  readonly mediaType: string;
  readonly text: string;
}

/** Input tokens of a request, estimated. */
export interface DemoTokens {
  readonly input: number;
  readonly cached: number;
}

/**
 * The one place that knows how files stand in a prompt: a line `<file-TOKEN name="NAME" type="MEDIATYPE" ...>`, the text, and
 * a line `</file-TOKEN>`, where TOKEN is hex. Special characters of an attribute are written as `&#34;`.
 */
const embedded = /^<file-([0-9a-f]+)((?:\s+[\w-]+="[^"]*")*)\s*>\n([\s\S]*?)\n<\/file-\1>/gm;

/** The files in a prompt, in order; a file that is sent twice is listed twice. */
export function embeddedFiles(prompt: string): readonly EmbeddedFile[] {
  return [...prompt.matchAll(embedded)].map(([, , attributes = "", text = ""]) => ({
    name: attribute(attributes, "name") ?? "(no name)",
    mediaType: attribute(attributes, "type") ?? "",
    text,
  }));
}

/** Tokens of a text, estimated as a quarter of its characters: a real tokenizer comes to about as many for English and code. */
export function estimateTokens(text: string): number {
  return Math.ceil(text.length / 4);
}

/** What the demo server answers: Markdown that tells what it received. */
export function answer(messages: readonly DemoMessage[], tokens: DemoTokens): string {
  const files = messages.flatMap((message) => embeddedFiles(message.content));
  const cached =
    tokens.cached === 0 ? "" : `, ${tokens.cached.toLocaleString("en-US")} of them from the cache`;
  return [
    ...question(messages),
    `This is the demo server: it shows what arrived and knows nothing else.`,
    `The request held **${count(messages.length, "message")}** with about **${tokens.input.toLocaleString("en-US")} tokens**${cached}.`,
    ...fileList(files),
    `Run **Satchel: Set API Key** to ask a real model.`,
  ].join("\n\n");
}

function question(messages: readonly DemoMessage[]): readonly string[] {
  const last = messages.findLast((message) => message.role === "user");
  const text = last?.content.replaceAll(embedded, "").trim() ?? "";
  if (text === "") return [];
  const short = text.length > 500 ? `${text.slice(0, 500)} ...` : text;
  return [`**You asked**`, short.replaceAll(/^/gm, "> ")];
}

/** A list, because a table of four columns does not fit beside an editor. */
function fileList(files: readonly EmbeddedFile[]): readonly string[] {
  if (files.length === 0) return ["It held no files."];
  const items = files.map(({ name, mediaType, text }) => {
    const tokens = estimateTokens(text).toLocaleString("en-US");
    return `- **${escape(name)}** · ${mediaType} · ${size(text)} · about ${tokens} tokens`;
  });
  return [`It held ${count(files.length, "file")}:`, items.join("\n")];
}

function escape(name: string): string {
  return name.replaceAll(/[\\`*_[\]<>#|]/g, "\\$&");
}

function attribute(attributes: string, name: string): string | undefined {
  const value = new RegExp(`\\s${name}="([^"]*)"`).exec(attributes)?.[1];
  return value?.replaceAll(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)));
}

function size(text: string): string {
  const bytes = Buffer.byteLength(text);
  return bytes < 1000 ? `${bytes} B` : `${(bytes / 1000).toFixed(1)} KB`;
}

function count(number: number, noun: string): string {
  return `${number.toLocaleString("en-US")} ${noun}${number === 1 ? "" : "s"}`;
}
