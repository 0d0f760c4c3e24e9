import { fields } from "../../demo/wire.ts";
import type { FilesApi } from "./anthropic-files.ts";
import { blocksOf, type Fields, Refusal } from "./anthropic-wire.ts";

const imageTypes = ["image/jpeg", "image/png", "image/gif", "image/webp"];

/** Throws for a conversation that the service refuses. */
export function checkTurns(turns: readonly Fields[], files: FilesApi): void {
  if (turns.length === 0) throw new Refusal(400, "messages: at least one message is required");
  turns.forEach((turn, index) => checkTurn(turn, index, files));
  turns.forEach(({ role }, index) => {
    if (index > 0 && role === turns[index - 1]?.["role"]) {
      throw new Refusal(400, 'messages: roles must alternate between "user" and "assistant"');
    }
  });
  turns.forEach((turn, index) => checkResults(turn, turns[index + 1], index));
  if (turns.at(-1)?.["role"] !== "user") {
    throw new Refusal(400, "This model does not support assistant message prefill.");
  }
}

function checkTurn({ role, content }: Fields, index: number, files: FilesApi): void {
  if (role !== "user" && role !== "assistant") {
    throw new Refusal(400, `messages.${index}.role: Input should be 'user' or 'assistant'`);
  }
  const blocks = blocksOf(content);
  if (blocks.length === 0) {
    throw new Refusal(400, `messages.${index}: all messages must have non-empty content`);
  }
  const known: Readonly<Record<string, ((block: Fields) => void) | undefined>> =
    role === "user"
      ? {
          text: checkText,
          image: (block) => checkSource(block, imageTypes, files),
          document: (block) => checkSource(block, ["application/pdf", "text/plain"], files),
          tool_result: () => {},
        }
      : { text: checkText, tool_use: checkUse };
  for (const block of blocks) {
    const check = known[String(block["type"])];
    if (check === undefined) {
      throw new Refusal(400, `messages.${index}.content: unexpected ${String(block["type"])}`);
    }
    check(block);
  }
}

function checkText({ text }: Fields): void {
  if (typeof text !== "string" || text.trim() === "") {
    throw new Refusal(400, "messages: text content blocks must contain non-whitespace text");
  }
}

function checkUse({ id, name, input }: Fields): void {
  if (typeof id !== "string" || !/^[\w-]+$/.test(id)) {
    throw new Refusal(400, "messages.0.content.0.tool_use.id: String should match pattern");
  }
  if (typeof name !== "string" || typeof input !== "object" || Array.isArray(input)) {
    throw new Refusal(400, "messages.0.content.0.tool_use.input: Input should be an object");
  }
}

/** A source is the thing itself or an upload, and of a type that the block is for. */
function checkSource(block: Fields, allowed: readonly string[], files: FilesApi): void {
  const { type, file_id: id, media_type: mediaType, data } = fields(block["source"]);
  const isUpload = type === "file";
  const actual = isUpload ? files.usable(String(id)).mediaType : String(mediaType);
  if (!allowed.includes(actual) || (!isUpload && type !== kindOf(actual))) {
    throw new Refusal(400, `source: ${String(type)} of type ${actual} is not supported here`);
  }
  if (!isUpload && (typeof data !== "string" || (type === "base64" && !isBase64(data)))) {
    throw new Refusal(400, "source.base64.data: invalid base64 data");
  }
}

function kindOf(mediaType: string): string {
  return mediaType === "text/plain" ? "text" : "base64";
}

function isBase64(data: string): boolean {
  return Buffer.from(data, "base64").toString("base64") === data;
}

/** The results of a turn's calls come at the start of the next turn, each once. */
function checkResults(turn: Fields, next: Fields | undefined, index: number): void {
  const calls = idsOf(turn, "tool_use", "id");
  const results = next === undefined ? [] : idsOf(next, "tool_result", "tool_use_id");
  const missing = calls.filter((id) => !results.includes(id));
  if (missing.length > 0) {
    throw new Refusal(
      400,
      `messages.${index}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${missing.join(", ")}.`,
    );
  }
  const surplus = results.find((id) => !calls.includes(id));
  if (surplus !== undefined || new Set(results).size < results.length) {
    throw new Refusal(400, `messages.${index + 1}: unexpected \`tool_use_id\` ${surplus}`);
  }
  const types = next === undefined ? [] : blocksOf(next["content"]).map(({ type }) => type);
  if (types.lastIndexOf("tool_result") >= results.length) {
    throw new Refusal(400, `messages.${index + 1}: tool_result blocks must come first`);
  }
}

function idsOf({ content }: Fields, type: string, name: string): readonly string[] {
  return blocksOf(content)
    .filter((block) => block["type"] === type)
    .map((block) => String(block[name]));
}
