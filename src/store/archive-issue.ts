import { getDotPath, type BaseIssue } from "valibot";

/** The first thing that a check found wrong, as the end of a sentence: where it is and what should be there, never what is there. */
export function firstIssue(issues: readonly BaseIssue<unknown>[]): string {
  const [issue] = issues;
  if (!issue) return "it is not what it should be";
  const where = getDotPath(issue) ?? "it";
  const shown = where.length > longestWhere ? `${where.slice(0, longestWhere)}…` : where;
  return `${shown} should be ${issue.expected ?? issue.message}`;
}

// A key of the file stands in it, and may have any length.
const longestWhere = 200;
