import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { test } from "node:test";
import "../fakes/register-vscode.ts";
import {
  commandIds,
  contextKeys,
  modelVendor,
  participantId,
  viewId,
} from "../../src/vscode/names.ts";

const root = resolve(import.meta.dirname, "../..");

interface Manifest {
  readonly version: string;
  readonly dependencies: Record<string, string>;
  readonly devDependencies: Record<string, string>;
  readonly contributes: {
    readonly commands: readonly { command: string; title: string; category: string }[];
    readonly views: Record<string, readonly { id: string }[]>;
    readonly menus: Record<string, readonly { command: string; when?: string }[]>;
    readonly chatParticipants: readonly { id: string; commands: readonly { name: string }[] }[];
    readonly languageModelChatProviders: readonly { vendor: string }[];
    readonly configuration: {
      readonly properties: Record<
        string,
        { default: unknown; markdownDescription: string; scope: string }
      >;
    };
  };
}

const manifest = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as Manifest;
const { contributes } = manifest;

const { settingDefaults } = await import("../../src/vscode/settings.ts");

test("every command that the code handles is declared, and no other", () => {
  assert.deepEqual(
    contributes.commands.map(({ command }) => command).toSorted(),
    [...commandIds].toSorted(),
  );
});

test("every command has one category and a title without it", () => {
  for (const { category, title } of contributes.commands) {
    assert.equal(category, "Satchel");
    assert.doesNotMatch(title, /Satchel/u);
  }
});

test("menus name declared commands only, and context keys that are set", () => {
  const ids: readonly string[] = commandIds;
  for (const { command, when = "" } of Object.values(contributes.menus).flat()) {
    assert.ok(ids.includes(command), command);
    for (const [key] of when.matchAll(/satchel\.(?!session\b)\w+/gu))
      assert.ok(Object.values<string>(contextKeys).includes(key), key);
  }
});

test("settings have the defaults that the code assumes, and a description", () => {
  const declared = Object.entries(contributes.configuration.properties).map(
    ([key, { default: value }]) => [key.replace("satchel.", ""), value],
  );
  assert.deepEqual(Object.fromEntries(declared), settingDefaults);
  assert.ok(
    Object.values(contributes.configuration.properties).every(({ markdownDescription }) =>
      markdownDescription.endsWith("."),
    ),
  );
});

test("a workspace cannot choose where a key is sent", () => {
  const addresses = Object.entries(contributes.configuration.properties).filter(([name]) =>
    name.endsWith(".baseUrl"),
  );
  assert.ok(addresses.length > 5);
  for (const [name, { scope }] of addresses) assert.equal(scope, "machine", name);
});

test("view, participant and model vendor have the ids that the code registers", () => {
  assert.deepEqual(
    Object.values(contributes.views)
      .flat()
      .map(({ id }) => id),
    [viewId],
  );
  assert.deepEqual(
    contributes.chatParticipants.map(({ id }) => id),
    [participantId],
  );
  assert.deepEqual(
    contributes.languageModelChatProviders.map(({ vendor }) => vendor),
    [modelVendor],
  );
});

test("every package has an exact version", () => {
  for (const [name, version] of Object.entries({
    ...manifest.dependencies,
    ...manifest.devDependencies,
  })) {
    assert.match(version, /^\d+\.\d+\.\d+$/u, name);
  }
});

test("the changelog knows the version", async () => {
  const changelog = await readFile(join(root, "CHANGELOG.md"), "utf8");
  assert.ok(
    changelog.includes(`## [${manifest.version}]`) || changelog.includes("## [Unreleased]"),
  );
});
