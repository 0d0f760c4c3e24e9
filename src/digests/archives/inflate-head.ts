import { Gunzip, Inflate, Unzlib } from "fflate";
import type { FileBytes } from "../extraction.ts";

/** Small, as each byte may become a thousand. */
const chunkBytes = 0x1000;

/** How bytes were packed: alone, or in the frame of gzip or zlib. */
export type Packing = "deflate" | "gzip" | "zlib";

type Stream = Gunzip | Inflate | Unzlib;

const streams: Readonly<Record<Packing, () => Stream>> = {
  deflate: () => new Inflate(),
  gzip: () => new Gunzip(),
  zlib: () => new Unzlib(),
};

/** The first bytes of what was packed between two places, at most `limit`; up to the damage if there is any. */
export function inflateHead(
  file: FileBytes,
  packing: Packing,
  { start, end, limit }: { start: number; end: number; limit: number },
): { bytes: Buffer; isWhole: boolean } {
  const stream = streams[packing]();
  const out = { parts: [] as Uint8Array[], length: 0, isWhole: false };
  stream.ondata = (chunk, isLast) => {
    out.parts.push(chunk);
    out.length += chunk.length;
    out.isWhole = isLast;
  };
  const stop = Math.min(end, file.size);
  try {
    for (let at = start; at < stop; at += chunkBytes) {
      if (out.length >= limit) break;
      const next = Math.min(at + chunkBytes, stop);
      stream.push(new Uint8Array(file.read(at, next)), next === stop);
    }
  } catch {
    // What was unpacked before the damage is good.
    out.isWhole = false;
  }
  const bytes = Buffer.concat(out.parts).subarray(0, limit);
  return { bytes, isWhole: out.isWhole && out.length <= limit };
}
