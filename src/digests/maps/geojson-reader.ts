import {
  closeBrace,
  closeBracket,
  type JsonCursor,
  openBrace,
  openBracket,
} from "../data/json-cursor.ts";
import { readJson, type ShownJson } from "../data/json-reader.ts";
import { Box } from "./box.ts";
import { cut } from "../words.ts";

const propertyLimit = 200;
/** Features whose properties are looked at. */
const propertyFeatures = 1000;
const kindLimit = 20;
const previewFeatures = 3;
/** Arrays in arrays of coordinates; a MultiPolygon has four. */
const deepest = 8;
/** Coordinates between two yields. */
const stretch = 5000;

type Steps = Generator<void, void>;
type Members = Readonly<Record<string, () => Steps>>;

/** What is kept of GeoJSON while the cursor goes over it. RFC 7946. */
export class GeoFound {
  readonly box: Box = new Box();
  readonly kinds: Map<string, number> = new Map();
  readonly properties: Map<string, Set<string>> = new Map();
  readonly preview: ShownJson[] = [];
  type: ShownJson = null;
  crs: ShownJson = null;
  features = 0;
  hasFeatures = false;
  #coordinates = 0;
  readonly #cursor: JsonCursor;

  constructor(cursor: JsonCursor) {
    this.#cursor = cursor;
  }

  /** Goes over the whole: a collection, a feature or a geometry. */
  *read(): Steps {
    let kind: ShownJson = null;
    yield* this.#object({
      ...this.#featureMembers(),
      ...this.#geometryMembers((type) => (kind = type)),
      features: () => this.#features(),
      crs: () => this.#keep((value) => (this.crs = value)),
    });
    this.type = kind;
  }

  *#keep(take: (value: ShownJson) => void): Steps {
    take(yield* readJson(this.#cursor));
  }

  /** Goes over an object, or what stands in its place; members that are not named are skipped. */
  *#object(members: Members): Steps {
    const cursor = this.#cursor;
    if (cursor.peek() !== openBrace) return yield* cursor.skip();
    cursor.enter();
    for (let count = 0; cursor.toMember(count, closeBrace); count++) {
      const [start, end] = cursor.skipKey();
      const key = end - start < 100 ? (JSON.parse(cursor.text(start, end)) as string) : "";
      if (Object.hasOwn(members, key)) yield* members[key]?.() ?? cursor.skip();
      else yield* cursor.skip();
    }
  }

  *#list(item: () => Steps): Steps {
    const cursor = this.#cursor;
    if (cursor.peek() !== openBracket) return yield* cursor.skip();
    cursor.enter();
    for (let count = 0; cursor.toMember(count, closeBracket); count++) yield* item();
  }

  *#features(): Steps {
    this.hasFeatures = true;
    yield* this.#list(() => this.#feature());
  }

  *#feature(): Steps {
    this.features++;
    if (this.features % 100 === 0) yield;
    yield* this.#object(this.#featureMembers());
  }

  #featureMembers(): Members {
    return {
      geometry: () => this.#geometry(),
      properties: () => this.#properties(),
    };
  }

  *#geometry(depth: number = 0): Steps {
    if (depth > deepest) return yield* this.#cursor.skip();
    yield* this.#object(
      this.#geometryMembers((type) => {
        if (typeof type === "string") this.addKind(type);
      }, depth),
    );
  }

  addKind(type: string): void {
    const name = cut(type, 30);
    if (this.kinds.has(name) || this.kinds.size < kindLimit)
      this.kinds.set(name, (this.kinds.get(name) ?? 0) + 1);
  }

  #geometryMembers(onType: (type: ShownJson) => void, depth: number = 0): Members {
    return {
      type: () => this.#keep(onType),
      coordinates: () => this.#position(),
      geometries: () => this.#list(() => this.#geometry(depth + 1)),
    };
  }

  /** A position, or an array of such. */
  *#position(depth: number = 0): Steps {
    const cursor = this.#cursor;
    if (cursor.peek() !== openBracket || depth > deepest) return yield* cursor.skip();
    const numbers: number[] = [];
    cursor.enter();
    for (let count = 0; cursor.toMember(count, closeBracket); count++) {
      const first = cursor.peek();
      if (first === openBracket) yield* this.#position(depth + 1);
      else if (count < 2) numbers.push(yield* this.#number());
      else yield* cursor.skip();
    }
    const [x, y] = numbers;
    if (x !== undefined && y !== undefined) this.box.add(x, y);
    if (++this.#coordinates % stretch === 0) yield;
  }

  *#number(): Generator<void, number> {
    const value = yield* readJson(this.#cursor, undefined, deepest);
    return typeof value === "number" ? value : Number.NaN;
  }

  *#properties(): Steps {
    if (this.features > propertyFeatures) return yield* this.#cursor.skip();
    const value = yield* readJson(this.#cursor);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return;
    if (this.preview.length < previewFeatures) this.preview.push(value);
    for (const [name, part] of Object.entries(value)) if (name !== "…") this.#addType(name, part);
  }

  #addType(name: string, value: ShownJson): void {
    const types = this.properties.get(name) ?? new Set<string>();
    if (this.properties.size >= propertyLimit && types.size === 0) return;
    this.properties.set(name, types.add(typeOf(value)));
  }
}

function typeOf(value: ShownJson): string {
  if (value === null) return "null";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  return Array.isArray(value) ? "list" : typeof value === "string" ? "text" : typeof value;
}
