import {
  EventEmitter,
  lm,
  LanguageModelError,
  type Disposable,
  type LanguageModelChatInformation,
  type LanguageModelChatProvider,
  type LanguageModelChatRequestMessage,
  type LanguageModelResponsePart,
  type Progress,
  type CancellationToken,
  type ProvideLanguageModelChatResponseOptions,
} from "vscode";
import { isAmong } from "../../core/files/purpose.ts";
import { isAbort, isContextError, type ContextError } from "../../core/errors.ts";
import type { Provider } from "../../core/ports/provider.ts";
import type { ProviderChat } from "../../core/ports/provider-chat.ts";
import type { TokenCounter } from "../../core/ports/token-counter.ts";
import type { Connections, OfferedModel } from "../connections.ts";
import type { Bills } from "./bills.ts";
import { modelVendor } from "../names.ts";
import { signalOf } from "../progress.ts";
import { splitModelId } from "./model-id.ts";
import { requestIdOf, textOf, toPart, toRequest } from "./translate.ts";

/** Registers Satchel's language model provider, so that chat works without any other extension. */
export function createModels(parts: {
  readonly connections: Connections;
  readonly tokens: TokenCounter;
  readonly bills: Bills;
}): Disposable {
  const { connections } = parts;
  const models = new Models(connections, parts.tokens, parts.bills);
  const registration = lm.registerLanguageModelChatProvider(modelVendor, models);
  // VS Code does not ask for models when a provider registers; without this the first question would find none.
  models.announce();
  const subscription = connections.onDidChange(() => models.announce());
  return {
    dispose() {
      subscription.dispose();
      registration.dispose();
      models.dispose();
    },
  };
}

class Models implements LanguageModelChatProvider, Disposable {
  readonly #connections: Connections;
  readonly #tokens: TokenCounter;
  readonly #bills: Bills;
  readonly #changed = new EventEmitter<void>();
  readonly onDidChangeLanguageModelChatInformation = this.#changed.event;

  constructor(connections: Connections, tokens: TokenCounter, bills: Bills) {
    this.#connections = connections;
    this.#tokens = tokens;
    this.#bills = bills;
  }

  announce(): void {
    this.#changed.fire();
  }

  async provideLanguageModelChatInformation(): Promise<LanguageModelChatInformation[]> {
    const { models } = await this.#connections.offer();
    const real = models.filter(({ provider }) => provider.capabilities.answers);
    return (real.length > 0 ? real : models).map(informationOf);
  }

  async provideLanguageModelChatResponse(
    model: LanguageModelChatInformation,
    messages: readonly LanguageModelChatRequestMessage[],
    options: ProvideLanguageModelChatResponseOptions,
    ...[progress, token]: [Progress<LanguageModelResponsePart>, CancellationToken]
  ): Promise<void> {
    try {
      const [id, name] = splitModelId(model.id);
      const provider = await this.#connections.open(id);
      const request = { model: name, ...toRequest(messages, options) };
      for await (const event of chatOf(provider).chat(request, signalOf(token))) {
        if (event.kind === "usage") this.#bills.put(requestIdOf(options), event.usage);
        const part = toPart(event);
        if (part) progress.report(part);
      }
    } catch (error) {
      if (isAbort(error)) return;
      throw isContextError(error) ? toLanguageModelError(error) : error;
    }
  }

  async provideTokenCount(
    _model: LanguageModelChatInformation,
    text: string | LanguageModelChatRequestMessage,
  ): Promise<number> {
    const [count = 0] = await this.#tokens.count([typeof text === "string" ? text : textOf(text)]);
    return count;
  }

  dispose(): void {
    this.#changed.dispose();
  }
}

function informationOf({ provider, model }: OfferedModel): LanguageModelChatInformation {
  return {
    id: `${provider.account.provider}/${model.id}`,
    name: model.name,
    family: model.id,
    version: "1",
    maxInputTokens: model.maxInputTokens,
    maxOutputTokens: model.maxOutputTokens,
    detail: provider.capabilities.answers ? provider.account.name : "sends nothing",
    tooltip: model.guessed
      ? `${model.name} is not in Satchel's catalog: its limits are cautious guesses`
      : `${model.name} by ${provider.account.name}`,
    // Agent mode, the default of the chat, offers only models that can call tools.
    capabilities: {
      toolCalling: true,
      imageInput: isAmong("image/png", model.takes ?? []),
    },
  };
}

function chatOf({ account, chat }: Provider): ProviderChat {
  if (chat) return chat;
  throw new Error(`${account.provider} has no models`);
}

/** Class and message of these errors survive the way to the extension that asked. */
function toLanguageModelError(error: ContextError): LanguageModelError {
  if (error.code === "key-missing" || error.code === "key-rejected")
    return LanguageModelError.NoPermissions(error.message);
  if (error.code === "quota-exceeded") return LanguageModelError.Blocked(error.message);
  const isGone = error.code === "provider-file-gone" || error.facts.status === 404;
  if (isGone) return LanguageModelError.NotFound(error.message);
  return new LanguageModelError(error.message);
}
