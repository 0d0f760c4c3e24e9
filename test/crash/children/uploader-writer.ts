import { randomBytes } from "node:crypto";
import { closeSync, ftruncateSync, openSync, writeSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";

// Changes a file in its place all the time, piece by piece, as a program that saves its work without caring who reads it.
const [path = ""] = process.argv.slice(2);
const pieceBytes = 16_384;
for (let round = 0; ; round++) {
  const file = openSync(path, "r+");
  const pieces = 1 + Math.floor(Math.random() * 24);
  for (let piece = 0; piece < pieces; piece++) {
    writeSync(file, randomBytes(pieceBytes), 0, pieceBytes, piece * pieceBytes);
    if (Math.random() < 0.3) await pause(Math.random() * 3);
  }
  if (Math.random() < 0.5) ftruncateSync(file, pieces * pieceBytes);
  closeSync(file);
  if (round === 0) writeSync(1, "writing\n");
  // Long enough for a reader, once in a while.
  await pause(Math.random() * (Math.random() < 0.5 ? 5 : 60));
}
