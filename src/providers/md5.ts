/** An MD5 sum that is made piece by piece. It shows whether bytes have arrived as they were sent, and is good for nothing else. */
export interface Md5 {
  add(bytes: Uint8Array): void;
  /** The sum of all that was added, in lower-case hex. Nothing can be added after that. */
  hex(): string;
}

interface State {
  a: number;
  b: number;
  c: number;
  d: number;
}

const blockSize = 64;

/** Of each round: which word its steps read, and by how many bits they turn. */
const rounds = [
  { factor: 1, offset: 0, turns: [7, 12, 17, 22] },
  { factor: 5, offset: 1, turns: [5, 9, 14, 20] },
  { factor: 3, offset: 5, turns: [4, 11, 16, 23] },
  { factor: 7, offset: 0, turns: [6, 10, 15, 21] },
] as const;

const steps = rounds.flatMap(({ factor, offset, turns }, round) =>
  Array.from({ length: 16 }, (_, step) => ({
    round,
    place: ((factor * step + offset) & 15) * 4,
    turn: turns[step & 3] ?? 0,
    constant: Math.floor(Math.abs(Math.sin(round * 16 + step + 1)) * 2 ** 32),
  })),
);

/** The web's own cryptography has no MD5. */
// https://www.rfc-editor.org/rfc/rfc1321
export function createMd5(): Md5 {
  const state: State = { a: 0x67452301, b: 0xefcdab89, c: 0x98badcfe, d: 0x10325476 };
  const rest = new Uint8Array(blockSize);
  let held = 0;
  let length = 0;
  const add = (bytes: Uint8Array): void => {
    length += bytes.length;
    for (let from = 0; from < bytes.length;) {
      if (held === 0 && bytes.length - from >= blockSize) {
        mix(state, new DataView(bytes.buffer, bytes.byteOffset + from, blockSize));
        from += blockSize;
        continue;
      }
      const piece = bytes.subarray(from, from + blockSize - held);
      rest.set(piece, held);
      from += piece.length;
      held = (held + piece.length) % blockSize;
      if (held === 0) mix(state, new DataView(rest.buffer));
    }
  };
  return {
    add,
    hex() {
      add(padding(length));
      return [state.a, state.b, state.c, state.d].map(hexOf).join("");
    },
  };
}

/** A bit, zeros, and the number of bits in eight bytes: up to the end of a block. */
function padding(length: number): Uint8Array {
  const zeros = (2 * blockSize - 9 - (length % blockSize)) % blockSize;
  const view = new DataView(new ArrayBuffer(zeros + 9));
  view.setUint8(0, 0x80);
  view.setBigUint64(zeros + 1, BigInt(length) * 8n, true);
  return new Uint8Array(view.buffer);
}

function hexOf(word: number): string {
  const bytes = [word, word >>> 8, word >>> 16, word >>> 24];
  return bytes.map((byte) => (byte & 255).toString(16).padStart(2, "0")).join("");
}

function mix(state: State, block: DataView): void {
  let { a, b, c, d } = state;
  for (const { round, place, turn, constant } of steps) {
    const sum = (a + choice(round, b, c, d) + constant + block.getUint32(place, true)) | 0;
    a = d;
    d = c;
    c = b;
    b = (b + ((sum << turn) | (sum >>> (32 - turn)))) | 0;
  }
  state.a = (state.a + a) | 0;
  state.b = (state.b + b) | 0;
  state.c = (state.c + c) | 0;
  state.d = (state.d + d) | 0;
}

function choice(round: number, b: number, c: number, d: number): number {
  if (round === 0) return (b & c) | (~b & d);
  if (round === 1) return (b & d) | (c & ~d);
  return round === 2 ? b ^ c ^ d : c ^ (b | ~d);
}
