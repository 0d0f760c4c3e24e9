import assert from "node:assert/strict";
import { isUtf8 } from "node:buffer";
import { rmSync } from "node:fs";
import { test } from "node:test";
import * as fc from "fast-check";
import type { SentRequest } from "../../src/core/ports/request-log.ts";
import { openDatabase } from "../../src/store/database.ts";
import { bytesOf, sha256, textOf } from "../../src/store/request-texts.ts";
import {
  chain,
  conversation,
  requests,
  saveAnswer,
  saveRequest,
} from "../../src/store/requests.ts";
import { createSession } from "../../src/store/sessions.ts";
import { anyAnswer, anyRequest, anyText } from "./any-requests.ts";
import { sessionOf } from "./samples.ts";
import { temporaryFolder } from "./temporary-folder.ts";

test("every string comes back from its bytes, and no two have the same", () => {
  fc.assert(
    fc.property(anyText, anyText, (one, other) => {
      assert.equal(textOf(bytesOf(one)), one);
      const isEqual = Buffer.compare(bytesOf(one), bytesOf(other)) === 0;
      assert.equal(isEqual, one === other);
      if (one.isWellFormed()) assert.deepEqual(bytesOf(one), Buffer.from(one));
      else assert.ok(!isUtf8(bytesOf(one)), "what UTF-8 does not have is no UTF-8");
    }),
    { numRuns: 1000 },
  );
});

test("the digest of a text is the content id of a file with this text", () => {
  const hello = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
  assert.equal(sha256(bytesOf("hello")), hello);
  assert.deepEqual([...bytesOf("a\ud83d-")], [0x61, 0xed, 0xa0, 0xbd, 0x2d]);
});

/** How a request that goes on from an earlier one is made. */
interface Step {
  readonly request: SentRequest;
  readonly answer: Partial<SentRequest>;
  /** Which of the earlier ones it goes on from, and how much of it it keeps: of 1000. */
  readonly from: number;
  readonly part: number;
}

const thousand = fc.nat({ max: 999 });

const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.record({
    request: anyRequest,
    answer: fc.option(anyAnswer, { nil: {} }),
    from: thousand,
    part: fc.oneof(thousand, fc.constant(1000)),
  }),
  { minLength: 1, maxLength: 8 },
);

/** The requests of these steps. Each may go on from any before it, and keep any part of that one's log. */
function requestsOf(all: readonly Step[]): readonly SentRequest[] {
  const made: SentRequest[] = [];
  for (const { request, answer, from, part } of all) {
    const parent = made[Math.floor((from / 1000) * (made.length + 1)) - 1];
    const log = parent ? parent.keeps + parent.added.length + parent.answer.length : 0;
    const before = parent && { parentId: parent.id, keeps: Math.floor((part / 1000) * log) };
    made.push({ ...request, ...answer, ...before });
  }
  // Not all that is generated has the prototype of other objects.
  return structuredClone(made);
}

function chainOf(all: readonly SentRequest[], last: SentRequest): readonly SentRequest[] {
  const parent = last.keeps > 0 && all.find(({ id }) => id === last.parentId);
  return [...(parent ? chainOf(all, parent) : []), last];
}

test("every request comes back byte for byte", () => {
  fc.assert(
    fc.property(steps, fc.boolean(), (all, isAnsweredLater) => {
      const folder = temporaryFolder();
      const sent = requestsOf(all);
      const database = openDatabase(folder);
      createSession(database, sessionOf("s"));
      for (const request of sent) {
        const { usage: _, ...open } = { ...request, answered: false, answer: [] };
        saveRequest(database, isAnsweredLater ? open : request);
        if (isAnsweredLater && request.answered) {
          saveAnswer(database, request.id, request.answer, request.usage);
        }
      }
      for (const request of sent) {
        assert.deepEqual(chain(database, request.id), chainOf(sent, request));
        const { added: __, answer: ___, ...facts } = request;
        assert.deepEqual(conversation(database, request.id).at(-1), facts);
      }
      assert.equal(requests(database, "s", 100).length, sent.length);
      database.close();
      rmSync(folder, { recursive: true });
    }),
    { numRuns: 60 },
  );
});
