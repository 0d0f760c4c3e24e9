import type { Contents, ContentSource } from "../../ports/contents.ts";
import { isContextError } from "../../errors.ts";
import { decodeText } from "../gather.ts";
import { makeVisible } from "./visible.ts";

/** The text of a content as models are shown it; undefined if the store has forgotten it and the file has changed. */
export async function textShown(
  contents: Contents,
  source: ContentSource,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  try {
    return makeVisible(decodeText(await contents.read(source, signal))).text;
  } catch (error) {
    if (isContextError(error)) return undefined;
    throw error;
  }
}
