import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { noUse, withFile } from "../../../src/core/files/account-use.ts";
import { adviceLine, refusalOf, requestCost } from "../../../src/core/files/advice-line.ts";
import {
  advise,
  adviseAll,
  chooseForm,
  formatLimit,
  type AdviceInput,
  type Form,
} from "../../../src/core/files/advise.ts";
import type { Content } from "../../../src/core/files/content.ts";
import type {
  Capabilities,
  ChatCapabilities,
  FileCapabilities,
  Purpose,
} from "../../../src/core/ports/capabilities.ts";

const chat: ChatCapabilities = {
  inlineTypes: ["image/png"],
  countsTokens: false,
  cachedTokensField: "cached",
  cacheMarks: "none",
};

function files(
  purposes: readonly Purpose[],
  quota: FileCapabilities["quota"] = {},
): FileCapabilities {
  return { purposes, quota, downloads: false, listLag: 0, uploadsAtOnce: 1, listScope: "the key" };
}

function purpose(change: Partial<Purpose>): Purpose {
  return { name: "all", mediaTypes: ["*"], maxBytes: 20_000_000, chatUse: "reference", ...change };
}

/** One of each kind that there is. */
const kinds = {
  /** Reads every upload by its id. */
  referencing: { files: files([purpose({})]), chat, answers: true },
  /** Reads PDFs by their id, and only stores the rest. */
  particular: {
    files: files([
      purpose({ mediaTypes: ["application/pdf"] }),
      purpose({ name: "rest", chatUse: "none" }),
    ]),
    chat,
    answers: true,
  },
  /** Makes text of documents, and sees images by their id. */
  extracting: {
    files: files([
      purpose({ name: "image", mediaTypes: ["image/*"] }),
      purpose({ name: "extract", mediaTypes: ["application/pdf", "text/*"], chatUse: "text" }),
    ]),
    chat,
    answers: true,
  },
  /** Has a chat, and keeps no files. */
  chatOnly: { chat, answers: true },
  /** Keeps files, and has no chat. */
  storeOnly: { files: files([purpose({ chatUse: "none" })]), answers: false },
  /** Keeps files, and its chat sends nothing. */
  preview: { files: files([purpose({ chatUse: "none" })]), chat, answers: false },
} satisfies Record<string, Capabilities>;

function content(change: Partial<Content>): Content {
  return { contentId: "0".repeat(64), bytes: 40_000, mediaType: "text/csv", ...change };
}

const large = content({ lines: 900, tokens: 12_400 });
const small = content({ bytes: 4_999, lines: 90, tokens: 1_200 });
const pdf = content({ mediaType: "application/pdf" });
const png = content({ mediaType: "image/png" });
const zip = content({ mediaType: "application/zip" });

const table: Readonly<Record<keyof typeof kinds, readonly [Form, Form, Form, Form, Form]>> = {
  //             small text  large text    PDF           image         archive
  referencing: ["embedded", "referenced", "referenced", "referenced", "referenced"],
  particular: ["embedded", "embedded", "referenced", "attached", "unread"],
  extracting: ["embedded", "embedded", "extracted", "referenced", "unread"],
  chatOnly: ["embedded", "embedded", "unread", "attached", "unread"],
  storeOnly: ["unread", "unread", "unread", "unread", "unread"],
  preview: ["unread", "unread", "unread", "unread", "unread"],
};

for (const [kind, forms] of Object.entries(table)) {
  test(`a ${kind} provider reads files as ${forms.join(", ")}`, () => {
    const capabilities = kinds[kind as keyof typeof kinds];
    assert.deepEqual(
      [small, large, pdf, png, zip].map((file) => chooseForm(file, { capabilities }, 5_000)),
      forms,
    );
  });
}

test("a text of exactly the limit is not small any more, and no limit means that none is", () => {
  const reader = { capabilities: kinds.referencing };
  assert.equal(chooseForm({ ...small, bytes: 5_000 }, reader, 5_000), "referenced");
  assert.equal(chooseForm(small, reader, 0), "referenced");
});

test("what the model does not take is not shown to it, text apart", () => {
  const forms = (takes: readonly string[]): readonly Form[] => {
    const reader = { capabilities: kinds.referencing, model: { takes } };
    return [large, pdf, png].map((file) => chooseForm(file, reader, 5_000));
  };
  assert.deepEqual(forms(["application/pdf"]), ["referenced", "referenced", "unread"]);
  assert.deepEqual(forms(["application/pdf", "text/plain"]), ["embedded", "referenced", "unread"]);
  assert.deepEqual(forms(["text/*"]), ["referenced", "unread", "unread"]);
  assert.deepEqual(forms(["image/*"]), ["embedded", "unread", "referenced"]);
  assert.deepEqual(forms([]), ["embedded", "unread", "unread"]);
});

test("what is too large for an upload is embedded or attached, if at all", () => {
  const reader = { capabilities: kinds.referencing };
  const forms = [large, pdf, png].map((file) =>
    chooseForm({ ...file, bytes: 20_000_001 }, reader, 5_000),
  );
  assert.deepEqual(forms, ["embedded", "unread", "attached"]);
});

const prices = { input: 2, cached: 0.2, output: 10 };

function input(capabilities: Capabilities, change: Partial<AdviceInput> = {}): AdviceInput {
  const account = { capabilities, used: noUse, embedBelow: 5_000, room: 100_000 };
  return { ...account, model: { prices }, ...change };
}

function lineFor(
  file: Content,
  capabilities: Capabilities,
  change: Partial<AdviceInput> = {},
): string {
  return adviceLine([advise({ content: file, isThere: false }, input(capabilities, change))]);
}

const lines: readonly (readonly [Content, keyof typeof kinds, string])[] = [
  [large, "referencing", "referenced by id · 12.4k tok · $0.025 cold, $0.0025 cached"],
  [
    small,
    "referencing",
    "stores only; chat gets its text · 1.2k tok · $0.0024 cold, $0.00024 cached",
  ],
  [pdf, "referencing", "referenced by id · tokens unknown"],
  [pdf, "extracting", "its text is extracted for the chat · tokens unknown"],
  [
    large,
    "particular",
    "stores only; chat gets its text · 12.4k tok · $0.025 cold, $0.0025 cached",
  ],
  [zip, "particular", "stores only; chat cannot read it"],
  [png, "particular", "stores only; chat gets its bytes · tokens unknown"],
  [large, "storeOnly", "stores only; chat cannot read it"],
  [large, "preview", "stores only; chat cannot read it"],
  [large, "chatOnly", "it stores no files"],
  [zip, "extracting", "it stores no files of the type application/zip"],
  [{ ...pdf, bytes: 20_000_001 }, "referencing", "over its limit of 20 MB"],
];

for (const [file, kind, expected] of lines) {
  test(`${file.mediaType} of ${file.bytes} bytes at a ${kind} provider: ${expected}`, () =>
    assert.equal(lineFor(file, kinds[kind]), expected));
}

test("without prices there is no price", () => {
  const line = lineFor(large, kinds.referencing, { model: undefined });
  assert.equal(line, "referenced by id · 12.4k tok");
});

test("an account that is full refuses, by files, by files for a purpose, or by bytes", () => {
  const full = { files: 1_000, bytes: 9_999_990_000, filesFor: new Map([["all", 100]]) };
  const account = (quota: FileCapabilities["quota"], maxFiles?: number): Capabilities => ({
    files: files([purpose({ maxFiles })], quota),
    chat,
    answers: true,
  });
  const line = (capabilities: Capabilities): string => lineFor(large, capabilities, { used: full });
  assert.equal(line(account({ files: 1_000 })), "full: it takes 1,000 files");
  assert.equal(line(account({}, 100)), "full: it takes 100 files");
  assert.equal(line(account({ bytes: 1e10 })), "over its quota: 10 GB of 10 GB are used");
  assert.match(line(account({ files: 1_001, bytes: 2e10 }, 101)), /^referenced by id/u);
});

test("files that go together count together", () => {
  const capabilities = { files: files([purpose({})], { files: 2 }), chat, answers: true };
  const wanted = [large, large, pdf].map((one) => ({ content: one, isThere: false }));
  const advices = adviseAll(wanted, input(capabilities));
  assert.deepEqual(
    advices.map(({ refusal }) => refusal),
    [undefined, undefined, "full: it takes 2 files"],
  );
  assert.deepEqual(advices[2]?.usedThen, withFile(withFile(noUse, "all", 40_000), "all", 40_000));
  assert.equal(refusalOf(advices), undefined);
  assert.equal(
    adviceLine(advices),
    "2 × referenced by id, 1 × full: it takes 2 files · 24.8k tok · $0.05 cold, $0.005 cached",
  );
});

test("what is there already takes no more room, and is never refused", () => {
  const used = { files: 2, bytes: 80_000, filesFor: new Map([["all", 2]]) };
  const capabilities = { files: files([purpose({})], { files: 2 }), chat, answers: true };
  const advice = advise({ content: large, isThere: true }, input(capabilities, { used }));
  assert.equal(advice.refusal, undefined);
  assert.equal(advice.usedThen, used);
  assert.match(adviceLine([advice]), /^already there · referenced by id · /u);
});

test("an account that takes none of the files says why", () => {
  const wanted = [
    { ...pdf, bytes: 30_000_000 },
    { ...png, bytes: 30_000_000 },
  ];
  const advices = adviseAll(
    wanted.map((one) => ({ content: one, isThere: false })),
    input(kinds.referencing),
  );
  assert.equal(refusalOf(advices), "over its limit of 20 MB");
  assert.equal(refusalOf([]), undefined);
});

test("the best representation that fits is shown, and an upload is read as a whole", () => {
  const file = {
    content: large,
    isThere: false,
    smaller: [{ kind: "digest" as const, tokens: 200 }],
  };
  const shown = (capabilities: Capabilities, room: number): string | undefined =>
    advise(file, input(capabilities, { room })).shown?.kind;
  assert.equal(shown(kinds.chatOnly, 12_400), "full");
  assert.equal(shown(kinds.chatOnly, 12_399), "digest");
  assert.equal(shown(kinds.chatOnly, 199), undefined);
  assert.equal(shown(kinds.referencing, 12_399), undefined);
  const line = adviceLine([advise(file, input(kinds.referencing, { room: 12_399 }))]);
  assert.equal(line, "referenced by id · too large to fit");
});

test("limits are told as round numbers", () => {
  const cases = [
    [812, "812 B"],
    [20_000_000, "20 MB"],
    [512_000_000, "512 MB"],
    [2_500_000, "2.5 MB"],
    [10_000_000_000, "10 GB"],
    [2_500_000_000_000, "2.5 TB"],
  ] as const;
  for (const [bytes, expected] of cases) assert.equal(formatLimit(bytes), expected);
});

test("for any files, cached never costs more than cold, and no number is negative", () => {
  const anyContent = fc.record({
    contentId: fc.constant("0".repeat(64)),
    bytes: fc.nat(40_000_000),
    mediaType: fc.constantFrom("text/csv", "application/pdf", "image/png", "application/zip"),
    lines: fc.option(fc.nat(), { nil: undefined }),
    tokens: fc.option(fc.nat(1_000_000), { nil: undefined }),
  });
  fc.assert(
    fc.property(
      fc.array(anyContent, { maxLength: 5 }),
      fc.constantFrom(...Object.values(kinds)),
      fc.nat(1_000_000),
      (contents, capabilities, room) => {
        const wanted = contents.map((one) => ({ content: one, isThere: false }));
        const advices = adviseAll(wanted, input(capabilities, { room }));
        const { tokens, price, uncounted, misfits } = requestCost(advices);
        assert.ok(tokens >= 0 && uncounted >= 0 && misfits >= 0);
        assert.ok(!price || (price.cached >= 0 && price.cached <= price.cold));
        assert.equal(advices.length, contents.length);
        assert.ok(adviceLine(advices).length > 0 || contents.length === 0);
      },
    ),
  );
});
