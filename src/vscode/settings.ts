import { workspace } from "vscode";
import type { ExpiryRule } from "../core/ports/copies.ts";
import { readOverrides, type ModelOverrides } from "../core/models/overrides.ts";
import { defaultContextRules, type ContextRules } from "../core/context/set-scene.ts";
import type { UploadCaps } from "../core/ports/registry.ts";

/** The user's settings, read when they are needed, so that a change takes effect at once. */
export interface Settings {
  /** Size limit of a session file in bytes. */
  readonly maxBytes: number;
  /** Part of the model's window that files may take, 0 to 1. */
  readonly filesShare: number;
  /** Milliseconds that providers should keep uploads; undefined: as long as they do by themselves. */
  readonly lifetime: number | undefined;
  readonly caps: UploadCaps;
  /** Texts of fewer bytes are always embedded in a request, never referenced. */
  readonly embedBelow: number;
  readonly rules: ContextRules;
}

/** Keys below `satchel.` with their defaults. A test compares them with package.json. */
export const settingDefaults = {
  "files.maxMegabytes": 50,
  "context.filesShare": 0.4,
  "context.keepTurns": 5,
  "context.restAfterUses": 30,
  "context.diffShare": 0.5,
  "context.diffsInARow": 8,
  "context.newestFirst": false,
  "upload.lifetimeHours": 48,
  "upload.maxFilesPerMinute": 50,
  "upload.maxFilesPerDay": 500,
  "upload.maxMegabytesPerDay": 500,
  "upload.embedBelowKilobytes": 5,
  "copies.countFrom": "upload",
  "copies.trashDays": 7,
  "copies.maxMegabytes": 2000,
  "openai.baseUrl": "https://api.openai.com/v1",
  "anthropic.baseUrl": "https://api.anthropic.com",
  "gemini.baseUrl": "https://generativelanguage.googleapis.com",
  "moonshot.baseUrl": "https://api.moonshot.ai/v1",
  "zhipu.baseUrl": "https://open.bigmodel.cn/api/paas/v4",
  "compatible.baseUrl": "",
  "supabase.baseUrl": "",
  models: {},
} as const;

type NumberSetting = {
  [K in keyof typeof settingDefaults]: (typeof settingDefaults)[K] extends number ? K : never;
}[keyof typeof settingDefaults];

export function readSettings(): Settings {
  const hours = read("upload.lifetimeHours");
  return {
    maxBytes: Math.round(read("files.maxMegabytes") * 1_000_000),
    filesShare: Math.min(1, Math.max(0, read("context.filesShare"))),
    lifetime: hours > 0 ? hours * 3_600_000 : undefined,
    caps: {
      filesPerMinute: Math.max(0, read("upload.maxFilesPerMinute")),
      filesPerDay: Math.max(0, read("upload.maxFilesPerDay")),
      bytesPerDay: Math.max(0, read("upload.maxMegabytesPerDay")) * 1_000_000,
    },
    embedBelow: Math.max(0, read("upload.embedBelowKilobytes")) * 1_000,
    rules: readContextRules(),
  };
}

function readContextRules(): ContextRules {
  const { life } = defaultContextRules;
  return {
    life: {
      ...life,
      keepTurns: Math.max(1, Math.round(read("context.keepTurns"))),
      restAfterUses: Math.max(1, Math.round(read("context.restAfterUses"))),
    },
    diffs: {
      largestShare: Math.min(1, Math.max(0, read("context.diffShare"))),
      inARow: Math.max(0, Math.round(read("context.diffsInARow"))),
    },
    newestFirst: workspace.getConfiguration("satchel").get("context.newestFirst") === true,
  };
}

/** The base URL that the user set for a provider; undefined if the provider has no such setting. */
export function readBaseUrl(provider: string): string | undefined {
  return workspace
    .getConfiguration("satchel")
    .get<string>(`${provider}.baseUrl`)
    ?.replace(/\/+$/u, "");
}

/** What the user says of models of these providers, and what of it makes no sense. */
export function readModels(providers: readonly string[]): ModelOverrides {
  return readOverrides(workspace.getConfiguration("satchel").get("models"), providers);
}

/** When stored copies have had their time. */
export function readExpiryRule(): ExpiryRule {
  const countFrom: unknown = workspace.getConfiguration("satchel").get("copies.countFrom");
  return {
    lifetime: readSettings().lifetime ?? 0,
    countFrom: countFrom === "last-use" ? countFrom : settingDefaults["copies.countFrom"],
    trashTime: Math.max(0, read("copies.trashDays")) * 24 * 3_600_000,
    maxBytes: Math.max(0, read("copies.maxMegabytes")) * 1_000_000,
  };
}

function read(key: NumberSetting): number {
  const value: unknown = workspace.getConfiguration("satchel").get(key);
  return typeof value === "number" && Number.isFinite(value) ? value : settingDefaults[key];
}
