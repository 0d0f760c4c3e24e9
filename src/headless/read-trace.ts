import { readFile } from "node:fs/promises";
import * as v from "valibot";
import { isPortablePath } from "../core/session/portable.ts";
import type { Trace } from "./trace.ts";

type Texts = Readonly<Record<string, string | null>>;

// Not `record`: it drops keys such as `constructor`, which are names of files like any other.
const texts = v.pipe(
  v.custom<Texts>(
    isTexts,
    "must be the texts of files by their paths, null for a file that is not there",
  ),
  v.check(
    (files) => strayPath(files) === undefined,
    ({ input }) =>
      `has the path ${JSON.stringify(strayPath(input))}, which leads out of the folder or is none on every system`,
  ),
);

const present = v.pipe(
  texts,
  v.check((files) => !Object.values(files).includes(null), "must be texts of files that are there"),
  v.transform((files) => files as Readonly<Record<string, string>>),
);

const schema = v.object({
  name: v.string("must be a text"),
  window: v.pipe(
    v.number("must be a number of tokens"),
    v.safeInteger("must be a whole number of tokens"),
    v.minValue(1, "must be at least one token"),
  ),
  base: present,
  turns: v.array(
    v.object({
      ask: v.string("must be a text"),
      open: texts,
      answer: v.string("must be a text"),
      after: texts,
    }),
    "must be a list of turns",
  ),
});

/** The trace that a file holds, or a sentence that says why it cannot be replayed. */
export async function readTrace(path: string): Promise<Trace | string> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    return `${path} cannot be read: ${(error as Error).message}`;
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return `${path} is no trace: it is not JSON`;
  }
  const parsed = v.safeParse(schema, value, { abortEarly: true });
  if (parsed.success) return parsed.output;
  return `${path} is no trace: ${wrongIn(parsed.issues[0])}`;
}

function wrongIn(issue: v.BaseIssue<unknown>): string {
  const place = v.getDotPath(issue) ?? "it";
  if (issue.received === "undefined") return `${place} is missing`;
  const isOurs = !issue.message.startsWith("Invalid");
  return `${place} ${isOurs ? issue.message : "must be an object"}`;
}

function isTexts(value: unknown): boolean {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((text) => text === null || typeof text === "string");
}

/** A path that leads out of the folder, or that not every system can have. */
function strayPath(files: Texts): string | undefined {
  return Object.keys(files).find((path) => !isPortablePath(path));
}
