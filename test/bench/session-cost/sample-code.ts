import type { Dice } from "./dice.ts";

const words =
  "account answer batch border branch cache chart client column config cursor daily detail draft edge event export field filter format group header index input invoice item joint key label layer limit list margin matrix merge meter model month node offset option order owner page panel parse part path place point queue range ratio record region reply report result retry round row sample scale schema score search section server shape share signal slot sort source span stack state step store stream sum table target task text theme tick token total trace track trend tree unit update user value view weight window worker zone".split(
    " ",
  );

/** Lines that look like code, in some of which nothing but a number differs. */
export function sampleLines(dice: Dice, count: number): string[] {
  return Array.from({ length: count }, () => sampleLine(dice));
}

/** A file of at least `shortest` lines; one in two has twice as many, one in ten has ten times as many, and none more than twenty times. */
export function sampleFile(dice: Dice, shortest: number): string {
  const lines = Math.floor((shortest * 1000) / (1000 - dice.below(950)));
  return `${sampleLines(dice, lines).join("\n")}\n`;
}

export function sampleProse(dice: Dice, count: number): string {
  const line = Array.from({ length: count }, () => dice.pick(words)).join(" ");
  return `${line.slice(0, 1).toUpperCase()}${line.slice(1)}.`;
}

export function sampleName(dice: Dice): string {
  return `${dice.pick(words)}-${dice.pick(words)}`;
}

function sampleLine(dice: Dice): string {
  const name = (): string => dice.pick(words);
  const pair = (): string => `${name()}${name().replace(/^./u, (letter) => letter.toUpperCase())}`;
  switch (dice.below(7)) {
    case 0:
      return `  const ${pair()} = ${name()}.${pair()}(${name()}, ${dice.below(10_000)});`;
    case 1:
      return `  if (${pair()}.${name()} > ${dice.below(1000)}) return ${name()}.${name()};`;
    case 2:
      return `  // ${sampleProse(dice, 6 + dice.below(8))}`;
    case 3:
      return `export function ${pair()}(${name()}: ${pair()}, ${name()}: number): ${pair()} {`;
    case 4:
      return `  return ${pair()}(${name()}.${pair()}, { ${name()}: ${dice.below(100)}, ${name()} });`;
    case 5:
      return `  for (const ${name()} of ${pair()}.${name()}()) ${pair()}.push(${name()});`;
    default:
      return "}";
  }
}
