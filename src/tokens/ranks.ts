/** The merges of an encoding: the lower its rank, the sooner two neighbours become one token. */
export interface Ranks {
  /** Rank of the bytes from `start` up to `end`, -1 if they are no token. */
  of(bytes: Uint8Array, start: number, end: number): number;
  /** Bytes in the longest token. */
  readonly longest: number;
}

const none = -1;
const space = 0x20;
const padding = 0xff;
const sextets: Uint8Array = sextetsOfBase64();

/**
 * The ranks in a `bpe_ranks` text of `tiktoken`: lines of `! <rank of the first> <token in base64> <token in base64> ...`.
 * A hash table over one array of bytes holds them: a map of 200,000 strings took longer to build and to ask, and more memory.
 */
export function parseRanks(published: string): Ranks {
  const { bytes, starts, ranks, longest } = decodeTokens(published);
  // A power of two, at least twice the number of tokens: a search soon meets an empty slot.
  const mask = 2 ** Math.ceil(Math.log2(2 * ranks.length)) - 1;
  const slots = new Int32Array(mask + 1).fill(none);

  function isToken(token: number, sought: Uint8Array, start: number, end: number): boolean {
    let at = starts[token] as number;
    if ((starts[token + 1] as number) - at !== end - start) return false;
    for (let index = start; index < end; index++) if (bytes[at++] !== sought[index]) return false;
    return true;
  }

  function of(sought: Uint8Array, start: number, end: number): number {
    if (end - start > longest) return none;
    for (let slot = hashOf(sought, start, end) & mask; ; slot = (slot + 1) & mask) {
      const token = slots[slot] as number;
      if (token === none) return none;
      if (isToken(token, sought, start, end)) return ranks[token] as number;
    }
  }

  for (let token = 0; token < ranks.length; token++) {
    let slot = hashOf(bytes, starts[token] as number, starts[token + 1] as number) & mask;
    while (slots[slot] !== none) slot = (slot + 1) & mask;
    slots[slot] = token;
  }
  return { of, longest };
}

interface Tokens {
  /** All tokens, one behind the other. */
  readonly bytes: Uint8Array;
  /** Where each token starts, and where the last one ends. */
  readonly starts: Uint32Array;
  readonly ranks: Uint32Array;
  readonly longest: number;
}

function decodeTokens(published: string): Tokens {
  const bytes = new Uint8Array(published.length);
  const starts = [0];
  const ranks: number[] = [];
  let filled = 0;
  let longest = 0;
  for (const line of published.split("\n")) {
    const [head, first] = /^! (\d+) /u.exec(line) ?? [line];
    let rank = Number(first);
    for (let at = head.length; at < line.length; at++) {
      const start = filled;
      for (let held = 0, bits = 0; at < line.length && line.charCodeAt(at) !== space; at++) {
        const sextet = sextets[line.charCodeAt(at)] as number;
        if (sextet === padding) continue;
        held = (held << 6) | sextet;
        bits += 6;
        if (bits >= 8) bytes[filled++] = held >> (bits -= 8);
      }
      longest = Math.max(longest, filled - start);
      starts.push(filled);
      ranks.push(rank++);
    }
  }
  return {
    bytes: bytes.slice(0, filled),
    starts: Uint32Array.from(starts),
    ranks: Uint32Array.from(ranks),
    longest,
  };
}

function sextetsOfBase64(): Uint8Array {
  const table = new Uint8Array(0x80).fill(padding);
  const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (let value = 0; value < digits.length; value++) table[digits.charCodeAt(value)] = value;
  return table;
}

/** FNV-1a of 32 bits (http://www.isthe.com/chongo/tech/comp/fnv/). */
function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ (bytes[at] as number), 0x01000193);
  return hash ^ (hash >>> 15);
}
