import { writeSync } from "node:fs";
import type { Manner } from "../manners.ts";
import { powerCuts } from "../power-cuts.ts";

// Cuts the power of writers until it is killed or who started it is gone, and prints what each cut left.
const [manner = "careful"] = process.argv.slice(2);
process.stdin.once("end", () => process.exit(1)).resume();
for await (const cut of powerCuts(manner as Manner)) writeSync(1, `${JSON.stringify(cut)}\n`);
