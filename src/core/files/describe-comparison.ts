import { counted, formatBytes } from "../session/format.ts";
import { inCode, table } from "../session/markdown.ts";
import { nameOf } from "../session/session.ts";
import type { Comparison } from "./reconcile.ts";

/** A comparison in plain Markdown: what was found, and what can be done about it. */
export function describeComparison(provider: string, found: Comparison): string {
  const { matched, ghosts, duplicates, orphans, foreign, candidates } = found;
  const rows = [
    ["uploads that lie where they should", matched.length, ""],
    ["ghosts: rows of uploads that are gone", ghosts.length, "forget them"],
    ["duplicates: second copies of an upload", duplicates.length, "delete them"],
    ["orphans: tagged by Satchel, unknown here", orphans.length, "adopt those that fit a file"],
    ["files of other tools", foreign.length, "adopt those that fit a file; never deleted"],
  ] as const;
  const listed = [
    ...ghosts.map(({ remoteName }) => [inCode(remoteName), "ghost", ""]),
    ...duplicates.map(({ remote }) => [inCode(remote.name), "duplicate", sizeOf(remote)]),
    ...orphans.map((remote) => [inCode(remote.name), "orphan", sizeOf(remote)]),
    ...foreign.map((remote) => [inCode(remote.name), "foreign", sizeOf(remote)]),
  ];
  const fitting = candidates.map(({ remote, view, evidence }) => [
    inCode(remote.name),
    inCode(nameOf(view.file.uri)),
    { hash: "equal hash", tag: "its tag", "name-and-size": "equal name and size" }[evidence],
  ]);
  return [
    `# ${provider} compared with this session`,
    table(
      ["Found", "Files", "What can be done"],
      rows.map(([what, count, way]) => [what, String(count), count > 0 ? way : ""]),
    ),
    table(["Remote file", "Kind", "Size"], listed),
    fitting.length > 0 ? `${counted(fitting.length, "file")} can be adopted:` : undefined,
    table(["Remote file", "Session file", "Because of"], fitting),
    "",
  ]
    .filter((part) => part !== undefined)
    .join("\n\n");
}

function sizeOf({ bytes }: { readonly bytes?: number | undefined }): string {
  return bytes === undefined ? "" : formatBytes(bytes);
}
