import { forbidden, type HeldFile, stateOf } from "./gemini-files.ts";
import { type Fields, fields, list, Refusal } from "./gemini-wire.ts";

/** What a request for an answer holds, after all of it was checked. */
export interface Prompt {
  /** Everything that a model would read, in order. */
  readonly text: string;
  /** Names of the uploads among it. */
  readonly files: readonly string[];
  /** The first tool, if one must be called. */
  readonly mustCall: string | undefined;
}

/** Everything that a request may hold. */
const known = new Set([
  "contents",
  "generationConfig",
  "safetySettings",
  "systemInstruction",
  "toolConfig",
  "tools",
]);

/** Fields of which a part has exactly one. */
const kinds = ["text", "inlineData", "fileData", "functionCall", "functionResponse"];

const readable = /^(?:text\/plain|application\/pdf|(?:image|audio|video)\/[\w.+-]+)$/;

// https://ai.google.dev/api/generate-content
export function promptOf(body: Fields, model: string, files: readonly HeldFile[]): Prompt {
  const strange = Object.keys(body).find((key) => !known.has(key));
  if (strange !== undefined) {
    throw new Refusal(400, `Invalid JSON payload received. Unknown name "${strange}"`);
  }
  const contents = list(body["contents"]);
  if (contents.length === 0) {
    throw new Refusal(400, "* GenerateContentRequest.contents: contents is not specified");
  }
  checkTurns(contents, model);
  const instruction = list(fields(body["systemInstruction"])["parts"]);
  const parts = [...instruction, ...contents.flatMap(({ parts: each }) => list(each))];
  const read = parts.map((part) => readPart(part, files));
  return {
    text: read.map(({ text }) => text).join("\n"),
    files: read.flatMap(({ file }) => file ?? []),
    mustCall: mustCallOf(body),
  };
}

function checkTurns(contents: readonly Fields[], model: string): void {
  for (const [index, { role, parts }] of contents.entries()) {
    if (role !== "user" && role !== "model" && role !== undefined) {
      throw new Refusal(400, "Please use a valid role: user, model.");
    }
    if (list(parts).length === 0) {
      throw new Refusal(400, `* contents[${index}].parts: contents.parts must not be empty.`);
    }
    checkCalls(list(parts), list(contents[index + 1]?.["parts"]), model);
  }
}

/** Each call of a step has its result in the next content; newer models want the thought back that the step came from. */
function checkCalls(parts: readonly Fields[], next: readonly Fields[], model: string): void {
  const calls = parts.filter((part) => "functionCall" in part);
  const results = next.filter((part) => "functionResponse" in part);
  if (calls.length !== results.length) {
    const sentence =
      "Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.";
    throw new Refusal(400, sentence);
  }
  const [first] = calls;
  if (first && !/^gemini-[12]/.test(model) && !isSignature(first["thoughtSignature"])) {
    throw new Refusal(400, "Function call is missing a thought_signature in functionCall parts.");
  }
}

/** Google decodes it, and knows by heart what it has given out; here it need only be there. */
function isSignature(value: unknown): boolean {
  return typeof value === "string" && /^[\w+/-]{16,}={0,2}$/.test(value);
}

function readPart(
  part: Fields,
  files: readonly HeldFile[],
): { readonly text: string; readonly file?: string } {
  const found = kinds.filter((kind) => kind in part);
  if (found.length !== 1) {
    throw new Refusal(400, "* contents.parts: required oneof field 'data' must have one field");
  }
  const { text, inlineData, fileData, functionCall, functionResponse } = part;
  if (typeof text === "string") return { text };
  if (inlineData !== undefined) return readInline(fields(inlineData));
  if (fileData !== undefined) return readFile(fields(fileData), files);
  const { name } = fields(functionCall ?? functionResponse);
  if (typeof name !== "string" || !/^[A-Za-z_][\w.:-]{0,127}$/.test(name)) {
    throw new Refusal(400, "* function name: Invalid function name");
  }
  return { text: JSON.stringify(functionCall ?? functionResponse) };
}

function readInline({ mimeType, data }: Fields): { readonly text: string } {
  checkType(mimeType);
  if (typeof data !== "string" || !/^[\w+/-]+={0,2}$/.test(data)) {
    throw new Refusal(400, "* inline_data.data: Base64 decoding failed");
  }
  return { text: `[${data.length} characters of ${String(mimeType)}]` };
}

function readFile(
  { mimeType, fileUri }: Fields,
  files: readonly HeldFile[],
): { readonly text: string; readonly file: string } {
  checkType(mimeType);
  const id = /\/v1beta\/files\/([\w-]+)$/.exec(String(fileUri))?.[1];
  if (id === undefined)
    throw new Refusal(400, `Invalid or unsupported file uri: ${String(fileUri)}`);
  const file = files.find(({ name, isHidden }) => name === `files/${id}` && !isHidden);
  if (file === undefined) throw forbidden(id);
  if (stateOf(file) !== "ACTIVE") {
    const sentence = `The File ${id} is not in an ACTIVE state and usage is not allowed.`;
    throw new Refusal(400, sentence, { word: "FAILED_PRECONDITION" });
  }
  if (file.mimeType !== mimeType) throw new Refusal(400, "The mime type is not that of the file");
  return { text: Buffer.from(file.bytes).toString("utf8"), file: file.name };
}

function checkType(mimeType: unknown): void {
  if (typeof mimeType === "string" && readable.test(mimeType)) return;
  throw new Refusal(400, `Unsupported MIME type: ${String(mimeType)}`);
}

function mustCallOf(body: Fields): string | undefined {
  const declared = list(body["tools"]).flatMap(({ functionDeclarations: each }) => list(each));
  for (const { name, description, parameters, parametersJsonSchema: schema } of declared) {
    if (typeof name !== "string" || typeof description !== "string") {
      throw new Refusal(400, "* tools.function_declarations: name and description are required");
    }
    if (parameters !== undefined && schema !== undefined) {
      throw new Refusal(400, "Only one of parameters and parameters_json_schema can be set");
    }
  }
  const { mode } = fields(fields(body["toolConfig"])["functionCallingConfig"]);
  if (mode !== "ANY") return undefined;
  const [first] = declared;
  if (first === undefined) {
    throw new Refusal(400, "Function calling config is set without function_declarations.");
  }
  return String(first["name"]);
}
