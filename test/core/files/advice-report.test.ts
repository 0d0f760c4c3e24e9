import assert from "node:assert/strict";
import { test } from "node:test";
import { noUse } from "../../../src/core/files/account-use.ts";
import { uploadSentence } from "../../../src/core/files/advice-line.ts";
import { describeAdvice, type ProviderAdvice } from "../../../src/core/files/advice-report.ts";
import { adviseAll, type AdvisedFile } from "../../../src/core/files/advise.ts";
import type { Capabilities } from "../../../src/core/ports/capabilities.ts";
import type { Model } from "../../../src/core/ports/provider-chat.ts";

const capabilities: Capabilities = {
  files: {
    purposes: [{ name: "any", mediaTypes: ["*"], maxBytes: 1e8, chatUse: "reference" }],
    quota: { files: 1_000, bytes: 1e10 },
    downloads: false,
    listLag: 0,
    uploadsAtOnce: 1,
    listScope: "the key",
  },
  chat: { inlineTypes: [], countsTokens: false, cachedTokensField: "–", cacheMarks: "none" },
  answers: true,
};

const model: Model = {
  id: "large",
  name: "Large",
  maxInputTokens: 100_000,
  maxOutputTokens: 1_000,
  guessed: false,
  prices: { input: 2, cached: 0.2, output: 10 },
};
const cheaper: Model = { ...model, name: "Small", prices: { input: 1, output: 2 } };
const unpriced: Model = { ...model, name: "New", prices: undefined };

const table: AdvisedFile = {
  content: { contentId: "a", bytes: 40_000, mediaType: "text/csv", lines: 9, tokens: 12_400 },
  isThere: true,
  smaller: [{ kind: "digest", tokens: 210 }],
};
const picture: AdvisedFile = {
  content: { contentId: "b", bytes: 2_000_000, mediaType: "image/png" },
  isThere: false,
};

function provider(
  name: string,
  change: Partial<ProviderAdvice> & { can?: Capabilities } = {},
): ProviderAdvice {
  const { can = capabilities, ...rest } = change;
  const used = { files: 12, bytes: 4_100_000, filesFor: new Map([["any", 12]]) };
  const input = { capabilities: can, used, model, embedBelow: 5_000, room: 40_000 };
  const advices = adviseAll([table, picture], input);
  const quota = can.files?.quota;
  return { name, isConfigured: true, quota, used, models: [model], advices, ...rest };
}

test("providers stand side by side, with what each would do and what that costs", () => {
  const store: Capabilities = { files: capabilities.files, answers: false };
  const markdown = describeAdvice(
    ["sales.csv", "chart|1.png"],
    [
      provider("Open", { models: [model, cheaper, unpriced] }),
      provider("Store", { can: store, models: [], used: noUse, quota: {} }),
      provider("Chat", { can: { chat: capabilities.chat, answers: true }, isConfigured: false }),
    ],
  );
  assert.equal(
    markdown.replaceAll(/\*Cold\*.*/gu, "(notes)"),
    [
      "# Upload and send, compared",
      "2 files of 2.0 MB:",
      "- `sales.csv`\n- `chart|1.png`",
      uploadSentence,
      [
        "| Provider | An upload | A model reads | Tokens | Cold | Cached | Satchel's files there |",
        "| --- | --- | --- | --- | --- | --- | --- |",
        "| Open (`Large`) | 1 × already there; 1 × stored | the upload, by its id | 12,400, 1 unknown | $0.025 | $0.0025 | 12 of 1,000 files, 4.1 MB of 10 GB |",
        "| Store | 1 × already there; 1 × stored | nothing | – | – | – | 0 files, 0 B |",
        "| Chat (`Large`) (not set up yet) | 1 × already there; 1 × it stores no files | 1 × its text in the request; 1 × nothing | 12,400 | $0.025 | $0.0025 | – |",
      ].join("\n"),
      "## Ways to show a file to `Large`",
      [
        "| File | As | Tokens | Cold | Cached |",
        "| --- | --- | --- | --- | --- |",
        "| `sales.csv` | full | 12,400 | $0.025 | $0.0025 |",
        "| `sales.csv` | digest | 210 | $0.00042 | < $0.0001 |",
      ].join("\n"),
      "## The same with other models",
      [
        "| Model | Provider | Cold | Cached | Its longest request |",
        "| --- | --- | --- | --- | --- |",
        "| `Small` | Open | $0.012 | $0.012 | 100,000 tokens |",
        "| `Large` | Open | $0.025 | $0.0025 | 100,000 tokens |",
        "| `Large` | Chat | $0.025 | $0.0025 | 100,000 tokens |",
      ].join("\n"),
      "(notes)",
      "",
    ].join("\n\n"),
  );
});

test("what does not fit is said instead of a price", () => {
  const input = { capabilities, used: noUse, model, embedBelow: 0, room: 1_000 };
  const advices = adviseAll([{ ...table, smaller: [] }], input);
  const markdown = describeAdvice(["sales.csv"], [provider("Open", { advices })]);
  assert.match(markdown, /\| 1 too large to fit \| – \| – \|/u);
  assert.doesNotMatch(markdown, /Ways to show|other models/u);
});

test("names cannot break out of the report", () => {
  const advices = provider("Open").advices.slice(0, 1);
  const hostile = { ...model, name: "[x](command:evil) | y" };
  const markdown = describeAdvice(
    ["a`b](https://evil.example)\n# c"],
    [provider("Open", { advices, models: [hostile, cheaper] })],
  );
  assert.match(markdown, /- `` a`b\]\(https:\/\/evil\.example\) # c ``/u);
  assert.match(markdown, /`\[x\]\(command:evil\) \\\| y`/u);
});
