import { randomBytes } from "node:crypto";
import type { DemoMessage } from "./answer.ts";
import { fields } from "./wire.ts";

/** A call of a tool, as a model writes it. */
export interface DemoToolCall {
  readonly id: string;
  readonly type: "function";
  readonly function: { readonly name: string; readonly arguments: string };
}

const wish = /\bread back (\S+)/iu;
const tool = "read_session_file";

/** A question that says `read back NAME` is answered by calling the tool that reads files, if the request offers it; once it has been answered, the model goes on. */
export function wantedCall(
  body: Readonly<Record<string, unknown>>,
  messages: readonly DemoMessage[],
): DemoToolCall | undefined {
  const last = messages.at(-1);
  const path = last?.role === "user" ? wish.exec(last.content)?.[1] : undefined;
  if (path === undefined || !offersTool(body["tools"])) return undefined;
  return {
    id: `call_${randomBytes(12).toString("hex")}`,
    type: "function",
    function: { name: tool, arguments: JSON.stringify({ path }) },
  };
}

function offersTool(tools: unknown): boolean {
  return (
    Array.isArray(tools) &&
    tools.some((each: unknown) => fields(fields(each)["function"])["name"] === tool)
  );
}
