import { fields } from "../../demo/wire.ts";
import type { FilesApi } from "./anthropic-files.ts";
import { checkTurns } from "./anthropic-turns.ts";
import { blocksOf, type Fields, objects, Refusal, refuseOthers } from "./anthropic-wire.ts";

/** A part of a prompt, in the order in which the cache sees it: tools, instructions, turns. */
export interface PromptPart {
  /** All that makes the part what it is, without its mark. */
  readonly text: string;
  readonly tokens: number;
  /** True if a cache entry is to end here. */
  readonly isMarked: boolean;
}

/** A model that the stand-in offers. */
export interface OfferedModel {
  readonly id: string;
  readonly name: string;
  readonly window: number;
  readonly maxOutput: number;
  /** True for one that refuses to be forced to call a tool. */
  readonly thinksAlways?: boolean;
}

const promptFields = ["model", "system", "messages", "tools", "tool_choice"];
const answerFields = ["max_tokens", "stream", "metadata", "stop_sequences", "thinking"];

/** What is read of a request. Throws what the service refuses. */
export function promptOf(
  body: Fields,
  models: readonly OfferedModel[],
  files: FilesApi,
): { readonly model: OfferedModel; readonly parts: readonly PromptPart[] } {
  const model = models.find(({ id }) => id === body["model"]);
  if (model === undefined) throw new Refusal(404, `model: ${String(body["model"])}`);
  const tools = objects(body["tools"] ?? [], "tools");
  const system = systemOf(body["system"]);
  const turns = objects(body["messages"], "messages");
  tools.forEach(checkTool);
  checkTurns(turns, files);
  checkChoice(body["tool_choice"], tools.length > 0, model);
  const parts = [
    ...tools.map((tool) => part(tool)),
    ...system.map((block) => part(block)),
    ...turns.flatMap(({ role, content }) => blocksOf(content).map((block) => part(block, role))),
  ];
  const marks = parts.filter(({ isMarked }) => isMarked).length;
  if (marks > 4) {
    throw new Refusal(
      400,
      `A maximum of 4 blocks with cache_control may be provided. Found ${marks}.`,
    );
  }
  return { model, parts: parts.map((each) => withFile(each, files)) };
}

/** Throws for a request for an answer that the service refuses, whatever its prompt is. */
export function checkAnswerFields(body: Fields, { id, maxOutput }: OfferedModel): void {
  refuseOthers(body, [...promptFields, ...answerFields]);
  const { max_tokens: most } = body;
  if (typeof most !== "number") throw new Refusal(400, "max_tokens: Field required");
  if (most > maxOutput) {
    const rule = "which is the maximum allowed number of output tokens for";
    throw new Refusal(400, `max_tokens: ${most} > ${maxOutput}, ${rule} ${id}`);
  }
}

/** Throws for a request to count that the service refuses, whatever its prompt is. */
export function checkCountFields(body: Fields): void {
  refuseOthers(body, promptFields);
  if (/"type":"file"/.test(JSON.stringify(body["messages"]))) {
    throw new Refusal(400, "File sources are not supported in the token counting endpoint.");
  }
}

function systemOf(system: unknown): readonly Fields[] {
  const blocks = system === undefined ? [] : blocksOf(system);
  for (const { type, text } of blocks) {
    if (type !== "text" || typeof text !== "string" || text.trim() === "") {
      throw new Refusal(400, "system: text content blocks must be non-empty");
    }
  }
  return blocks;
}

function checkTool({ name, input_schema: schema }: Fields): void {
  if (typeof name !== "string" || !/^[\w-]{1,128}$/.test(name)) {
    throw new Refusal(400, "tools.0.custom.name: String should match pattern");
  }
  if (fields(schema)["type"] !== "object") {
    throw new Refusal(400, "tools.0.custom.input_schema.type: Input should be 'object'");
  }
}

function checkChoice(choice: unknown, hasTools: boolean, { thinksAlways }: OfferedModel): void {
  if (choice === undefined) return;
  if (!hasTools) throw new Refusal(400, "tool_choice may only be specified while providing tools");
  const { type } = fields(choice);
  if (thinksAlways === true && (type === "any" || type === "tool")) {
    throw new Refusal(400, 'tool_choice: type "tool" and "any" are not supported for this model.');
  }
}

function part(block: Fields, role?: unknown): PromptPart {
  const { cache_control: mark, ...rest } = block;
  if (mark !== undefined && fields(mark)["type"] !== "ephemeral") {
    throw new Refusal(400, "cache_control.type: Input should be 'ephemeral'");
  }
  const text = JSON.stringify([role, rest]);
  return { text, tokens: Math.ceil(text.length / 4), isMarked: mark !== undefined };
}

/** What a file holds is read anew each time, too. */
function withFile(each: PromptPart, files: FilesApi): PromptPart {
  const id = /"file_id":"([^"]+)"/.exec(each.text)?.[1];
  if (id === undefined) return each;
  return { ...each, tokens: each.tokens + Math.ceil(files.usable(id).bytes.length / 4) };
}
