import type { Tool, ToolCall } from "../../ports/provider-chat.ts";
import type { ReadWish } from "./read-back.ts";

/** The tool by which a model reads a session file, or lines of it. It stands in every request, or its coming and going would cost the cache. */
export const readTool: Tool = {
  name: "read_session_file",
  description:
    "Reads a file of the session that is not shown in full, or some of its lines. Files that are shown need not be read again.",
  inputSchema: {
    type: "object",
    properties: {
      path: { type: "string", description: "The file's name as the session knows it" },
      first_line: { type: "integer", minimum: 1, description: "First line wanted, from 1" },
      last_line: { type: "integer", minimum: 1, description: "Last line wanted" },
    },
    required: ["path"],
  },
};

/** Tokens that the tool takes in a request, generously. */
export const readToolTokens = 150;

/** Reads what a model wrote as the tool's input; undefined if it names no file. */
export function wishOf({ input }: Pick<ToolCall, "input">): ReadWish | undefined {
  const fields = fieldsOf(input);
  const { path, first_line: firstLine, last_line: lastLine } = fields;
  if (typeof path !== "string" || path === "") return undefined;
  return {
    path,
    ...(typeof firstLine === "number" && { firstLine }),
    ...(typeof lastLine === "number" && { lastLine }),
  };
}

function fieldsOf(input: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(input);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
