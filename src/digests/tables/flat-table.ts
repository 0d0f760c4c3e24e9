const longestList = 10_000;

/** A table of FlatBuffers: https://flatbuffers.dev/internals. What is asked for outside of the bytes throws. */
export class FlatTable {
  readonly #bytes: Buffer;
  readonly #at: number;
  readonly #fields: number;
  readonly #fieldsLength: number;

  private constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes;
    this.#at = at;
    this.#fields = at - bytes.readInt32LE(at);
    this.#fieldsLength = bytes.readUInt16LE(this.#fields);
  }

  /** The table that the bytes start with. */
  static root(bytes: Buffer): FlatTable {
    return new FlatTable(bytes, bytes.readUInt32LE(0));
  }

  byte(field: number): number | undefined {
    const at = this.#place(field);
    return at === undefined ? undefined : this.#bytes.readUInt8(at);
  }

  short(field: number): number | undefined {
    const at = this.#place(field);
    return at === undefined ? undefined : this.#bytes.readInt16LE(at);
  }

  int(field: number): number | undefined {
    const at = this.#place(field);
    return at === undefined ? undefined : this.#bytes.readInt32LE(at);
  }

  long(field: number): number {
    const at = this.#place(field);
    return at === undefined ? 0 : Number(this.#bytes.readBigInt64LE(at));
  }

  text(field: number): string | undefined {
    const at = this.#target(field);
    if (at === undefined) return undefined;
    const end = at + 4 + this.#bytes.readUInt32LE(at);
    if (end > this.#bytes.length) throw new RangeError("a text outside of the bytes");
    return this.#bytes.toString("utf8", at + 4, end);
  }

  table(field: number): FlatTable | undefined {
    const at = this.#target(field);
    return at === undefined ? undefined : new FlatTable(this.#bytes, at);
  }

  tables(field: number): readonly FlatTable[] {
    return this.#items(field, 4).map(
      (at) => new FlatTable(this.#bytes, at + this.#bytes.readUInt32LE(at)),
    );
  }

  /** Records of `size` bytes. */
  structs(field: number, size: number): readonly Buffer[] {
    return this.#items(field, size).map((at) => this.#bytes.subarray(at, at + size));
  }

  #items(field: number, size: number): readonly number[] {
    const at = this.#target(field);
    if (at === undefined) return [];
    const length = this.#bytes.readUInt32LE(at);
    if (at + 4 + length * size > this.#bytes.length)
      throw new RangeError("a list outside of the bytes");
    return Array.from(
      { length: Math.min(length, longestList) },
      (_, index) => at + 4 + index * size,
    );
  }

  #target(field: number): number | undefined {
    const at = this.#place(field);
    return at === undefined ? undefined : at + this.#bytes.readUInt32LE(at);
  }

  #place(field: number): number | undefined {
    const at = 4 + 2 * field;
    if (at + 2 > this.#fieldsLength) return undefined;
    const offset = this.#bytes.readUInt16LE(this.#fields + at);
    return offset === 0 ? undefined : this.#at + offset;
  }
}
