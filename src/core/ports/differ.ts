/** Finds out what has changed in a text. */
export interface Differ {
  /**
   * The hunks of a unified diff (`@@ -l,s +l,s @@`, without file names) that turns `before` into `after`, by lines. A hunk that removes nothing has a line around
   * it to show its place; others need none. A missing line break at an end is told as `\ No newline at end of file`. Undefined if the texts have so little in common that a diff is not worth its time.
   */
  diff(before: string, after: string, signal?: AbortSignal): Promise<string | undefined>;
}
