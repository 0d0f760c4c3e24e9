/** Judges the requests of a session by their messages alone. What the engine claims of them is compared with that. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { logOf } from "../../../../src/core/context/ledger/conversation.ts";
import type { LedgerMessage } from "../../../../src/core/context/ledger/ledger.ts";
import { toMessages } from "../../../../src/core/context/message.ts";
import type { ChatMessage } from "../../../../src/core/ports/provider-chat.ts";
import type { Sight, Witness } from "./live.ts";
import { roughTokens } from "./memory-parts.ts";
import { readPayload, type Told } from "./payload.ts";
import { checkPlaces } from "./place-checks.ts";
import { checkRoles } from "./role-checks.ts";
import { checkTold, textsNow } from "./told-checks.ts";

/** A request as it was sent, and what came back. */
interface Sent {
  readonly messages: readonly ChatMessage[];
  readonly told: Told;
  answer: readonly ChatMessage[];
}

export class SessionOracle implements Witness {
  readonly #sent = new Map<string, Sent>();
  /** How often each cause began an epoch, and each way of telling was used. */
  readonly seen: Map<string, number>;

  constructor(seen: Map<string, number> = new Map()) {
    this.seen = seen;
  }

  async sees(sight: Sight): Promise<void> {
    const { prepared, world } = sight;
    const { request, messages } = prepared;
    const parent = this.#sent.get(request.parentId ?? "");
    checkPrefix(sight, parent);
    checkTokens(sight);
    checkRoles(sight);
    const told = toldBy(sight);
    const texts = textsNow(world);
    checkTold(sight, told, texts);
    await checkLedger(sight);
    if (!sight.isRound) checkPlaces(sight, { told, before: parent?.told, texts });
    this.#sent.set(request.id, { messages, told, answer: [] });
    this.#count(sight);
  }

  hears(requestId: string, answer: readonly LedgerMessage[]): void {
    const sent = this.#sent.get(requestId);
    if (!sent) return;
    sent.answer = answer.map(({ blocks, toolCalls }) => {
      const content = blocks.map(({ text }) => text).join("\n\n");
      return { role: "assistant", content, ...(toolCalls && { toolCalls }) };
    });
  }

  #count({ prepared: { request, log }, isRound }: Sight): void {
    const kinds = log.slice(request.keeps).flatMap(({ blocks }) => blocks.map(({ kind }) => kind));
    const partly = request.cause && request.keeps > 1 ? ["part"] : [];
    const facts = [request.cause ?? (isRound ? "round" : "goes on"), ...partly, ...kinds];
    for (const fact of facts) this.seen.set(fact, (this.seen.get(fact) ?? 0) + 1);
  }
}

/** Within an epoch all that was said is repeated, and where one begins as much as is claimed. */
function checkPrefix({ prepared: { request, messages } }: Sight, parent: Sent | undefined): void {
  const { keeps, cause, parentId } = request;
  if (parentId === undefined) return assert.equal(keeps, 0, "(a) nothing can be repeated");
  assert.ok(parent, "(a) the parent was never sent");
  const said = [...parent.messages, ...parent.answer];
  if (cause === undefined) assert.equal(keeps, said.length, "(a) an epoch repeats all");
  else assert.ok(keeps < said.length, "(a) an epoch that begins drops something");
  for (let place = 0; place < keeps; place++) {
    const [one, other] = [said[place], messages[place]];
    if (JSON.stringify(one) === JSON.stringify(other)) continue;
    assert.deepEqual(other, one, `(a) message ${place} is repeated byte for byte`);
  }
}

/** Tokens of the tools that a message asks for. */
function wishTokens(message: ChatMessage): number {
  const calls = "toolCalls" in message ? message.toolCalls : [];
  return roughTokens(calls.map(({ name, input }) => `${name} ${input}`).join(" "));
}

function checkTokens({ prepared: { request, messages, tokens }, isRound }: Sight): void {
  const counted = messages.reduce(
    (sum, message) => sum + roughTokens(message.content) + wishTokens(message) + 8,
    0,
  );
  assert.equal(request.tokens, counted, "(b) its tokens are counted");
  assert.equal(tokens.total, counted, "(b) its account has the same tokens");
  const over = counted - request.maxInputTokens;
  assert.ok(
    over <= 0,
    `(b) a ${isRound ? "round" : "request"} has ${over} tokens more than its window of ${request.maxInputTokens}`,
  );
}

function toldBy({ prepared: { messages, log }, world }: Sight): Told {
  return readPayload(messages, world.fence, (place) => log[place]?.blocks[0]?.files[0]?.hunks);
}

/** The ledger alone gives the very request again. */
async function checkLedger({ prepared: { request, messages }, world }: Sight): Promise<void> {
  const chain = await world.memory.parts.ledger.chain(request.id);
  const bytesOf = async (): Promise<never> => assert.fail("no file stands as itself");
  const rebuilt = await toMessages(logOf(chain, 0), bytesOf);
  assert.equal(sha256(JSON.stringify(rebuilt)), request.digest, "(f) the ledger has its digest");
  assert.equal(
    sha256(JSON.stringify(messages)),
    request.digest,
    "(f) its digest is that of its messages",
  );
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
