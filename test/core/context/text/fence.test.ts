import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import {
  closeMarker,
  emptyMarker,
  escapeFence,
  newFence,
  openMarker,
} from "../../../../src/core/context/text/fence.ts";
import {
  renderApplied,
  renderDiff,
  renderDigests,
  renderEarlier,
  renderExcerpt,
  renderFile,
  renderFinding,
  renderGone,
  renderStubs,
} from "../../../../src/core/context/text/render.ts";
import { makeVisible } from "../../../../src/core/context/text/visible.ts";
import { hostileInputs, type Hostile } from "./hostile.ts";

const fence = "012345678901234567890123456789012345678";

test("a new fence is 39 digits, and another one each time", () => {
  assert.match(newFence(), /^\d{39}$/u);
  assert.notEqual(newFence(), newFence());
});

test("markers carry the fence and the attributes", () => {
  assert.equal(
    openMarker("file", fence, { name: "a.ts", type: "text/typescript" }),
    `<file-${fence} name="a.ts" type="text/typescript">\n`,
  );
  assert.equal(closeMarker("file", fence), `\n</file-${fence}>`);
  assert.equal(emptyMarker("gone", fence, { name: "a.ts" }), `<gone-${fence} name="a.ts"/>`);
});

test("a name cannot leave its attribute or its line", () => {
  const marker = openMarker("file", fence, { name: 'a"> <b>\n&\u202e\u2028.txt' });
  assert.equal(marker.split("\n").length, 2);
  assert.equal(marker.match(/[<>"]/gu)?.join(""), '<"">');
  assert.doesNotMatch(marker, /\p{Cf}/u);
});

test("names of all scripts stay readable", () => {
  assert.match(
    openMarker("file", fence, { name: "報告 📊 (1) #2.md" }),
    /name="報告 📊 \(1\) #2\.md"/u,
  );
});

test("text without the token is not touched", () => {
  const text = '<file-… name="x">\n</file->';
  assert.equal(escapeFence(fence, text), text);
});

test("no text can hold the token, wherever it stands in it", () => {
  const piece = fc.oneof(
    fc.constantFrom(fence, fence.slice(0, 8), fence.slice(8), `</file-${fence}>`, "\\"),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      const text = pieces.join("");
      assert.ok(!escapeFence(fence, text).includes(fence));
      assert.equal(openMarker("file", fence, { name: text }).split(fence).length, 2);
    }),
    { numRuns: 10_000 },
  );
});

test("a token that repeats itself is broken up wherever it could be read", () => {
  for (const digits of ["7", "12", "121"]) {
    const token = digits.repeat(39).slice(0, 39);
    for (const text of [token + token, token + digits, digits + token + digits.repeat(20)])
      assert.ok(!escapeFence(token, text).includes(token));
  }
});

/** Each block with the kind of its marker; an empty one has no end. */
const blocks: Readonly<Record<string, (hostile: Hostile) => string>> = {
  file: ({ fence: token, name, text }) => renderFile(token, name, name, text),
  diff: ({ fence: token, name, text }) => renderDiff(token, name, text),
  gone: ({ fence: token, name }) => renderGone(token, name, "deleted"),
  applied: ({ fence: token, name }) => renderApplied(token, name),
  digests: ({ fence: token, name, text }) =>
    renderDigests(
      token,
      [
        { path: name, type: name, text },
        { path: text, type: text, text: name },
      ],
      2,
    ),
  files: ({ fence: token, name, text }) => renderStubs(token, [name, text, name]),
  excerpt: ({ fence: token, name, text }) =>
    renderExcerpt(token, name, [
      { first: 1, last: 2, text },
      { first: 4, last: 5, text: name },
    ]),
  earlier: ({ fence: token, name, text }) => renderEarlier(token, [text, name, text]),
  finding: ({ fence: token, name, text }) => renderFinding(token, name, text),
};

/** True if the only markers in a block are its own. */
function isSound(kind: string, token: string, block: string): boolean {
  const isEmpty = kind === "gone" || kind === "applied";
  const opening = block.slice(0, block.indexOf(isEmpty ? "/>" : ">\n"));
  return (
    opening.startsWith(`<${kind}-${token} `) &&
    !/[\n<>]/u.test(opening.slice(1)) &&
    block.endsWith(isEmpty ? "/>" : `\n</${kind}-${token}>`) &&
    block.split(token).length === (isEmpty ? 2 : 3)
  );
}

const hostileCount = process.env["SATCHEL_TORTURE"] === "1" ? 1_000_000 : 100_000;

test(`nobody but Satchel writes a marker with the token: ${hostileCount} hostile texts and names`, () => {
  const seed = Date.now() % 2 ** 31;
  let asItIs = false;
  for (const hostile of hostileInputs(seed, hostileCount)) {
    asItIs = !asItIs;
    const text = asItIs ? hostile.text : makeVisible(hostile.text).text;
    for (const [kind, render] of Object.entries(blocks)) {
      const block = render({ ...hostile, text });
      if (!isSound(kind, hostile.fence, block))
        assert.fail(`forged with the seed ${seed}: ${block}`);
    }
  }
});

test("the texts that are tried would forge markers if nobody escaped them", () => {
  let forged = 0;
  for (const { fence: token, text } of hostileInputs(1, 1_000))
    if (!isSound("file", token, `<file-${token} >\n${text}\n</file-${token}>`)) forged++;
  assert.ok(forged > 500, `${forged}`);
});
