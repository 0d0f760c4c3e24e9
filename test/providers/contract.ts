/** What every adapter promises, whatever its provider. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Provider } from "../../src/core/ports/provider.ts";
import { describeChat } from "./contract-chat.ts";
import { describeFiles } from "./contract-files.ts";

/** An adapter under test, with a view of what its server holds. */
export interface Subject {
  /** Connected to an account without files. */
  readonly provider: Provider;
  /** The bytes that the server holds under an id; undefined if it holds none. */
  readonly stored: (id: string) => Promise<Uint8Array | undefined>;
  /** Makes the next operation hang until it is aborted. */
  readonly hang: () => void;
  /** True once the server has seen that the reader of the last answer went away; undefined where there is no server to see it. */
  readonly sawAbandoned?: () => Promise<boolean>;
  readonly stop: () => Promise<void>;
  readonly traits?: Traits;
}

/** Where a provider's own rules, which the adapter cannot change, are others than the usual ones. */
export interface Traits {
  /** `one` if the provider, or the id that the adapter chooses, makes equal bytes one file. Usually `two`. */
  readonly equalBytes?: "one" | "two";
  /** `tag` if only the tag of a remote name survives for sure. Usually the whole name does. */
  readonly names?: "whole" | "tag";
}

/** Runs the contract's tests. What the provider does not have, files or chat, is passed over. */
export function describeProvider(name: string, setup: () => Promise<Subject>): void {
  describe(`${name} keeps the contract of a provider`, () => {
    let subject: Subject;
    before(async () => (subject = await setup()));
    after(() => subject.stop());
    describeAccount(() => subject);
    describeFiles(() => subject);
    describeChat(() => subject);
  });
}

function describeAccount(subject: () => Subject): void {
  it("tells who it is", () => {
    const { account } = subject().provider;
    assert.match(account.provider, /^[a-z][a-z0-9-]*$/);
    assert.notEqual(account.name, "");
    assert.doesNotMatch(account.baseUrl, /\/$/);
    assert.match(account.account, /^([0-9a-f]{16})?$/);
  });

  it("can do what it says, and no more", () => {
    const { capabilities, files, chat } = subject().provider;
    assert.equal(files !== undefined, capabilities.files !== undefined);
    assert.equal(chat !== undefined, capabilities.chat !== undefined);
    assert.equal(files?.download !== undefined, capabilities.files?.downloads === true);
    assert.equal(chat?.countTokens !== undefined, capabilities.chat?.countsTokens === true);
  });

  it("takes files for purposes that make sense", () => {
    const { capabilities, files } = subject().provider;
    for (const purpose of capabilities.files?.purposes ?? []) {
      assert.ok(purpose.maxBytes >= 1_000_000);
      assert.notEqual(purpose.mediaTypes.length, 0);
      assert.equal(purpose.chatUse === "text" && files?.text === undefined, false);
    }
    const lifetime = capabilities.files?.lifetime;
    assert.ok(!lifetime || (lifetime.min > 0 && lifetime.max > lifetime.min));
  });
}
