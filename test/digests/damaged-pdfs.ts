import { setTimeout } from "node:timers/promises";
import { pdfOfPages } from "./documents.ts";
import { readDamaged } from "./damaged-copies.ts";

// In a process of its own, as digests are made in one: an error that nothing waits for ends it.
const pdf = pdfOfPages(["Tea is a drink.", "Coffee"], "/Title (Tea) /Author (Ann)");
const read = await readDamaged("pdf", pdf, 2000);
await setTimeout(100);
process.stdout.write(`${read}`);
