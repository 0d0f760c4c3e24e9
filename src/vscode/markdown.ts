/** Text that Markdown shows as it is. Unlike VS Code's own `appendText` it lets lines wrap. */
export function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+!|<>~&-]/gu, "\\$&").replace(/\r?\n/gu, " ");
}
