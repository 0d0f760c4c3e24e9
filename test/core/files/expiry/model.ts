/** What must hold of expiry whatever happens, checked after each step of a life. */
import assert from "node:assert/strict";
import type { ExpiryRule } from "../../../../src/core/ports/copies.ts";
import { hour, rule as usual, type World } from "./world.ts";

export type Step =
  | { readonly do: "upload" | "send" | "add"; readonly file: string; readonly text: string }
  | { readonly do: "delete" | "drop" | "pin" | "unpin"; readonly file: string }
  | { readonly do: "pass"; readonly by: number }
  | { readonly do: "set-clock"; readonly wrongBy: number }
  | { readonly do: "restart"; readonly off: number }
  | { readonly do: "sweep"; readonly windows: readonly number[] }
  | { readonly do: "restore" | "tell" };

/** Something that the store holds a copy of, in true time. */
interface Copy {
  uploadedAt: number;
  usedAt: number;
  trashedAt: number | undefined;
}

export class Model {
  readonly #world: World;
  readonly #rule: ExpiryRule;
  /** What the code under test is told. */
  readonly #told: ExpiryRule;
  readonly #copies = new Map<string, Copy>();
  readonly #users = new Map<string, string>();
  #announcedAt: number | undefined;
  /** How many copies went to the trash so far, and how many were deleted. */
  expired = 0;
  deleted = 0;

  /** `planted` is a fault: a rule that the sweep follows instead of the true one. */
  constructor(world: World, rule: Partial<ExpiryRule>, planted: Partial<ExpiryRule> = {}) {
    this.#world = world;
    this.#rule = { ...usual, ...rule };
    this.#told = { ...this.#rule, ...planted };
  }

  async take(step: Step): Promise<void> {
    await this.#act(step);
    for (const [name, text] of this.#users) {
      assert.equal(this.#world.read(name), text, `${name} of the user was touched`);
    }
  }

  /** Time enough for everything that may expire: what is not pinned must be gone in the end. */
  async endOfAllTime(): Promise<void> {
    const world = this.#world;
    await this.#sweepHourly();
    world.wallError = 0;
    const { lifetime, trashTime } = this.#rule;
    const files = world.files();
    for (const by of [0, hour, lifetime, hour, trashTime, hour, trashTime, hour]) {
      world.pass(by);
      await this.#sweep([0]);
    }
    if (lifetime === 0) return;
    const pinned = new Set(
      world
        .files()
        .filter((file) => file.pinned)
        .map((file) => file.contentId),
    );
    for (const contentId of this.#copies.keys()) {
      assert.ok(pinned.has(contentId) || !world.hasBlob(contentId), `${contentId} lives for ever`);
    }
    const left = new Set(world.files().map(({ id }) => id));
    for (const { id, uri } of files) {
      const isThere = [...this.#users.keys()].some((name) => world.uri(name) === uri);
      if (isThere) assert.ok(left.has(id), `${uri} lost its session file`);
    }
  }

  async #act(step: Step): Promise<void> {
    const world = this.#world;
    if ("text" in step) return this.#work(step.do, step.file, step.text);
    if ("file" in step) return this.#change(step.do, step.file);
    if (step.do === "pass") world.pass(step.by);
    if (step.do === "set-clock") {
      await this.#sweepHourly();
      world.wallError = step.wrongBy;
    }
    if (step.do === "restart") {
      await this.#sweepHourly();
      world.pass(step.off);
      world.bootedAt = world.now;
    }
    if (step.do === "sweep") await this.#sweep(step.windows);
    if (step.do === "restore") await this.#restore();
    if (step.do === "tell" && (await world.copies.mayExpire()) === "tell")
      this.#announcedAt = world.now;
  }

  /** Between a restart and a clock that is set lies an hour, in which the store has looked at the clocks: of a machine that is off it knows no better than they. */
  async #sweepHourly(): Promise<void> {
    await this.#sweep([0]);
  }

  async #work(what: "upload" | "send" | "add", file: string, text: string): Promise<void> {
    this.#world.write(file, text);
    this.#users.set(file, text);
    if (what === "add") await this.#world.add(file);
    else this.#use(await this.#world.use(file, what), what);
  }

  #change(what: "delete" | "drop" | "pin" | "unpin", file: string): void {
    if (what === "delete") {
      this.#users.delete(file);
      this.#world.remove(file);
    } else if (what === "drop") this.#world.drop(file);
    else this.#world.pin(file, what === "pin");
  }

  #use(contentId: string, use: "upload" | "send"): void {
    const { now } = this.#world;
    const known = this.#copies.get(contentId);
    // What lies in the trash and is taken again begins a new life.
    const isLive = known !== undefined && known.trashedAt === undefined;
    const uploadedAt = isLive && use === "send" ? known.uploadedAt : now;
    this.#copies.set(contentId, { uploadedAt, usedAt: now, trashedAt: undefined });
  }

  async #restore(): Promise<void> {
    const [first] = await this.#world.copies.trash(this.#rule);
    if (!first) return;
    await this.#world.copies.restoreCopy(first.contentId);
    this.#use(first.contentId, "upload");
  }

  async #sweep(windows: readonly number[]): Promise<void> {
    const world = this.#world;
    const before = new Set([...this.#copies.keys()].filter((id) => world.hasBlob(id)));
    const pinned = new Set(
      world
        .files()
        .filter((file) => file.pinned)
        .map((file) => file.contentId),
    );
    world.logged.length = 0;
    const sweeps = await Promise.all(windows.map((window) => world.sweep(this.#told, window)));
    const announced = sweeps.filter((sweep) => sweep.announced.length > 0);
    assert.ok(announced.length + (this.#announcedAt === undefined ? 0 : 1) <= 1, "told twice");
    for (const { contentId } of sweeps.flatMap(({ expired }) => expired)) {
      assert.ok(!pinned.has(contentId), `${contentId} is pinned and expired`);
      this.#checkExpired(contentId);
    }
    if (announced.length > 0) this.#announcedAt = world.now;
    for (const contentId of before) if (!world.hasBlob(contentId)) this.#checkDeleted(contentId);
  }

  #checkExpired(contentId: string): void {
    const copy = this.#copies.get(contentId);
    assert.ok(copy, `${contentId} was never stored`);
    const { lifetime, countFrom } = this.#rule;
    const since = countFrom === "upload" ? copy.uploadedAt : copy.usedAt;
    assert.ok(
      lifetime > 0 && this.#world.now - since >= lifetime,
      `${contentId} expired before its time`,
    );
    assert.ok(
      this.#announcedAt !== undefined && this.#world.now - this.#announcedAt >= hour,
      "the owner was not told in time",
    );
    copy.trashedAt = this.#world.now;
    this.expired++;
    assert.ok(
      this.#world.logged.some(
        (subject) => subject.kind === "expire" && subject.contentId === contentId,
      ),
      "an expiry was not logged",
    );
  }

  #checkDeleted(contentId: string): void {
    this.deleted++;
    const { now, logged } = this.#world;
    const trashedAt = this.#copies.get(contentId)?.trashedAt;
    assert.ok(trashedAt !== undefined, `${contentId} was deleted without the trash`);
    assert.ok(
      now - trashedAt >= this.#rule.trashTime,
      `${contentId} left the trash before its time`,
    );
    assert.ok(
      logged.some((subject) => subject.kind === "delete" && subject.contentId === contentId),
      "a deletion was not logged",
    );
    for (const { uri, contentId: shown } of this.#world.files()) {
      const isThere = [...this.#users].some(([name]) => this.#world.uri(name) === uri);
      assert.ok(shown !== contentId || isThere, `${uri} was left empty`);
    }
  }
}
