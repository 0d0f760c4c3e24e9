import { openTiktoken } from "../../src/tokens/open-tiktoken.ts";
import { modules } from "./sample-texts.ts";

/** Tokens of a text in `o200k_base`, exactly. */
export type Count = (text: string) => number;

/** The product's own counter, in this thread and without pauses. */
export async function openCount(): Promise<Count> {
  const counter = await openTiktoken({
    wasm: `${modules}tiktoken/lite/tiktoken_bg.wasm`,
    ranks: `${modules}tiktoken/encoders/o200k_base.json`,
  });
  return (text) => {
    const steps = counter.count(text);
    for (;;) {
      const step = steps.next();
      if (step.done) return step.value;
    }
  };
}

/** Counts each text once. */
export function remembering(count: Count): Count {
  const known = new Map<string, number>();
  return (text) => {
    const tokens = known.get(text) ?? count(text);
    known.set(text, tokens);
    return tokens;
  };
}
