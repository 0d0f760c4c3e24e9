import { workspace } from "vscode";

/** The user's settings, read when they are needed, so that a change takes effect at once. */
export interface Settings {
  /** Size limit of a session file in bytes. */
  readonly maxBytes: number;
  /** Part of the model's window that files may take, 0 to 1. */
  readonly filesShare: number;
  /** Milliseconds that providers should keep uploads; undefined: as long as they do by themselves. */
  readonly lifetime: number | undefined;
}

/** Keys below `satchel.` with their defaults. A test compares them with package.json. */
export const settingDefaults = {
  "files.maxMegabytes": 50,
  "context.filesShare": 0.4,
  "upload.lifetimeHours": 48,
  "openai.baseUrl": "https://api.openai.com/v1",
} as const;

export function readSettings(): Settings {
  const hours = read("upload.lifetimeHours");
  return {
    maxBytes: Math.round(read("files.maxMegabytes") * 1_000_000),
    filesShare: Math.min(1, Math.max(0, read("context.filesShare"))),
    lifetime: hours > 0 ? hours * 3_600_000 : undefined,
  };
}

/** The base URL that the user set for a provider; undefined if the provider has no such setting. */
export function readBaseUrl(provider: string): string | undefined {
  return workspace
    .getConfiguration("satchel")
    .get<string>(`${provider}.baseUrl`)
    ?.replace(/\/+$/u, "");
}

function read(key: Exclude<keyof typeof settingDefaults, "openai.baseUrl">): number {
  const value: unknown = workspace.getConfiguration("satchel").get(key);
  return typeof value === "number" && Number.isFinite(value) ? value : settingDefaults[key];
}
