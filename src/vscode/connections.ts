import { EventEmitter, workspace, type Event, type Memento } from "vscode";
import { ContextError, messageOf } from "../core/errors.ts";
import type {
  Provider,
  ProviderAccount,
  ProviderEntry,
  ProviderOptions,
} from "../core/ports/provider.ts";
import { withOverrides, type ModelOverrides } from "../core/models/overrides.ts";
import type { Model } from "../core/ports/provider-chat.ts";
import { createGuards, type Guards } from "./guards.ts";
import { readBaseUrl, readModels } from "./settings.ts";
import type { Keys } from "./secrets.ts";

/** A model together with the provider that offers it. */
export interface OfferedModel {
  readonly provider: Provider;
  readonly model: Model;
}

/** What the configured providers offer, and what keeps the others from it. */
export interface Offer {
  readonly models: readonly OfferedModel[];
  /** A sentence for each provider whose models could not be listed. */
  readonly problems: readonly string[];
}

/** A provider and whether it has what it needs to send requests. */
export interface ConnectionState {
  readonly entry: ProviderEntry;
  readonly isConfigured: boolean;
}

/** A provider that does not answer must not keep the model picker waiting. */
const listTimeout = 5_000;

/** Models come and go rarely; VS Code asks for them often, at every start of a window among others. */
const listAgainAfter = 24 * 3_600_000;

/** The models that a provider listed, as they are remembered across windows. */
interface Listing {
  readonly models: readonly Model[];
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** The user's providers: catalog rows joined with settings and keys. Adapters are made on first use. */
export class Connections {
  readonly #catalog: readonly ProviderEntry[];
  readonly #keys: Keys;
  readonly #globalState: Memento;
  /** Remembered models that are to be listed again, whatever their age: the key or a setting has changed. */
  readonly #outdated = new Set<string>();
  readonly #warn: (sentence: string) => void;
  /** What was warned of last: it stays wrong at every look, until the user changes it. */
  #warnedOf = "";
  readonly #changed = new EventEmitter<void>();

  readonly guards: Guards = createGuards();

  /** Fires when a key or a base URL has changed. */
  readonly onDidChange: Event<void> = this.#changed.event;

  /** `warn` is told once of settings that make no sense. */
  constructor(
    catalog: readonly ProviderEntry[],
    keys: Keys,
    globalState: Memento,
    warn: (sentence: string) => void = () => undefined,
  ) {
    this.#catalog = catalog;
    this.#keys = keys;
    this.#globalState = globalState;
    this.#warn = warn;
  }

  /** All providers, in the order of the catalog. */
  async states(): Promise<readonly ConnectionState[]> {
    return Promise.all(
      this.#catalog.map(async (entry) => ({
        entry,
        isConfigured: entry.isConfigured(await this.#options(entry)),
      })),
    );
  }

  /** Rejects with `key-missing` if the provider is not configured. */
  async open(id: string): Promise<Provider> {
    const entry = this.#entry(id);
    const options = await this.#options(entry);
    if (!entry.isConfigured(options)) {
      const sentence = `${entry.name} is not set up yet: set its API key or its address to use it`;
      throw new ContextError("key-missing", sentence, { provider: entry.name });
    }
    return this.guards.guarded(await entry.open(options));
  }

  /** A model that is offered, by its provider's id and its own; undefined if it is not offered any more. */
  async model(provider: string, id: string): Promise<OfferedModel | undefined> {
    const { models } = await this.offer();
    return models.find(
      (offered) => offered.provider.account.provider === provider && offered.model.id === id,
    );
  }

  /** The provider at exactly the server and account of an upload; undefined if the user's settings point elsewhere now. */
  async openAccount(account: {
    provider: string;
    baseUrl: string;
    account: string;
  }): Promise<Provider | undefined> {
    const provider = await this.open(account.provider);
    const { baseUrl, account: fingerprint } = provider.account;
    return baseUrl === account.baseUrl && fingerprint === account.account ? provider : undefined;
  }

  /** The models of all configured providers, as the user's settings want them: those that each offered last, or offers now if it was never asked. */
  async offer(): Promise<Offer> {
    const overrides = this.#overrides();
    const states = await this.states();
    const offers = await Promise.all(
      states
        .filter(({ entry, isConfigured }) => isConfigured && entry.capabilities.chat)
        .map(({ entry }) => this.#offerOf(entry, overrides)),
    );
    return {
      models: offers.flatMap(({ models }) => models),
      problems: offers.flatMap(({ problems }) => problems),
    };
  }

  async setKey(entry: ProviderEntry, key: string): Promise<void> {
    await this.#keys.set(entry.id, this.#baseUrl(entry), key);
    this.#listAgain(entry);
  }

  async removeKey(entry: ProviderEntry): Promise<void> {
    await this.#keys.remove(entry.id, this.#baseUrl(entry));
    this.#listAgain(entry);
  }

  /** Tells everybody that settings may point elsewhere now, or that the workspace is trusted. */
  settingsChanged(): void {
    this.#changed.fire();
  }

  #listAgain(entry: ProviderEntry): void {
    this.#outdated.add(rememberedKey({ provider: entry.id, baseUrl: this.#baseUrl(entry) }));
    this.#changed.fire();
  }

  /** Models that were listed before are offered at once, and now and then listed again behind that; only the first time is waited for. */
  async #offerOf(entry: ProviderEntry, overrides: ModelOverrides): Promise<Offer> {
    const provider = await this.open(entry.id);
    const offer = (listed: readonly Model[], problems: readonly string[] = []): Offer => {
      const models = provider.chat ? withOverrides(entry.id, listed, overrides) : [];
      return { models: models.map((model) => ({ provider, model })), problems };
    };
    const known = this.#globalState.get<Listing>(rememberedKey(provider.account));
    // Without trust nothing leaves the machine, not even this question.
    if (provider.capabilities.answers && !workspace.isTrusted) return offer(known?.models ?? []);
    if (known && known.models.length > 0) {
      void this.#refresh(provider, known);
      return offer(known.models);
    }
    const { models, problem } = await this.#list(provider);
    return offer(models, problem === undefined ? [] : [problem]);
  }

  async #refresh(provider: Provider, known: Listing): Promise<void> {
    const isOutdated = this.#outdated.delete(rememberedKey(provider.account));
    if (!isOutdated && Date.now() - known.at < listAgainAfter) return;
    const { models, problem } = await this.#list(provider);
    const isNew = JSON.stringify(models) !== JSON.stringify(known.models);
    if (problem === undefined && isNew) this.#changed.fire();
  }

  async #list(provider: Provider): Promise<{ models: readonly Model[]; problem?: string }> {
    const deadline = AbortSignal.timeout(listTimeout);
    try {
      const models = (await provider.chat?.models(deadline)) ?? [];
      if (provider.capabilities.answers) {
        await this.#globalState.update(rememberedKey(provider.account), { models, at: Date.now() });
      }
      return { models };
    } catch (error) {
      const { name } = provider.account;
      const problem = deadline.aborted
        ? `${name} did not answer in ${listTimeout / 1_000} seconds`
        : messageOf(error);
      return { models: [], problem };
    }
  }

  #overrides(): ModelOverrides {
    const overrides = readModels(this.#catalog.map(({ id }) => id));
    const problems = overrides.problems.join("; ");
    if (problems !== "" && problems !== this.#warnedOf)
      this.#warn(`The setting satchel.models was not used where it makes no sense: ${problems}`);
    this.#warnedOf = problems;
    return overrides;
  }

  #entry(id: string): ProviderEntry {
    const entry = this.#catalog.find((candidate) => candidate.id === id);
    if (!entry) throw new Error(`no provider ${id} in the catalog`);
    return entry;
  }

  async #options(entry: ProviderEntry): Promise<ProviderOptions> {
    const baseUrl = this.#baseUrl(entry);
    return { baseUrl, key: await this.#keys.get(entry.id, baseUrl) };
  }

  #baseUrl(entry: ProviderEntry): string {
    return readBaseUrl(entry.id) || entry.defaultBaseUrl;
  }
}

function rememberedKey({
  provider,
  baseUrl,
}: Pick<ProviderAccount, "provider" | "baseUrl">): string {
  return `models:${provider}:${baseUrl}`;
}
