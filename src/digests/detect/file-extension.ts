/**
 * The extension of a name in lower case. Not of `.gitignore`, whose point starts the name; but `.env` and `.env.local` are of the kind `env`, whose values no
 * digest tells.
 */
export function extensionOf(name: string): string | undefined {
  if (/(?:^|[/\\])\.env(?:\.[^/\\]*)?$/iu.test(name)) return "env";
  return /[^/\\]\.([a-z0-9_+-]{1,16})$/iu.exec(name)?.[1]?.toLowerCase();
}
