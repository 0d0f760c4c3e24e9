import type { SessionFile } from "../../../../src/core/session/session.ts";
import type { Step } from "./random-session.ts";
import { minute, type World } from "./world.ts";

/** All that happens between questions. */
export type Happening = Exclude<Step, { readonly do: "ask" }>;

export async function happen(world: World, step: Happening): Promise<void> {
  const file = "which" in step ? world.file(step.which) : undefined;
  if (file) toFile(world, file, step);
  if (step.do === "add") world.addNew(step.size, step.seed);
  else if (step.do === "history") changeHistory(world, step.what, step.which);
  else if (step.do === "finding") changeFindings(world, step);
  else if (step.do === "phase") beginPhase(world);
  else await toWorld(world, step);
}

async function toWorld(world: World, step: Happening): Promise<void> {
  const { memory } = world;
  if (step.do === "model") world.useModel(step.which);
  else if (step.do === "idle") world.now += step.minutes * minute;
  else if (step.do === "forget" && step.what === "copies") memory.forgetCopies();
  else if (step.do === "forget") await memory.parts.ledger.forgetTexts(5 * minute);
}

function toFile(world: World, file: SessionFile, step: Happening): void {
  const { memory } = world;
  if (step.do === "edit") world.edit(file, step.how, step.seed);
  if (step.do === "remove") memory.remove(file.id);
  if (step.do === "flag") memory.change(file.id, toggled(file, step.flag));
  if (step.do !== "disk") return;
  if (step.what === "delete") memory.disk.delete(file.uri);
  else if (step.what === "return") world.giveBack(file);
  else memory.digest(file.uri);
}

function toggled(file: SessionFile, flag: "pinned" | "evicted" | "base"): Partial<SessionFile> {
  if (flag === "base") return { role: file.role === "base" ? "file" : "base" };
  return flag === "pinned" ? { pinned: !file.pinned } : { evicted: !file.evicted };
}

function beginPhase({ memory, now }: World): void {
  const number = memory.phases.length + 2;
  const name = `Phase ${number}`;
  memory.phases.push({ sessionId: memory.session.id, number, name, startedAt: now });
}

function changeFindings(
  { memory, fence, now }: World,
  { what, which }: Extract<Happening, { do: "finding" }>,
): void {
  const { findings, phases, session } = memory;
  if (what === "remove") findings.splice(which % Math.max(1, findings.length), 1);
  else {
    const title = `Result ${which}`;
    const text = `The margin of ${fence} is ${which} %`;
    const of = { sessionId: session.id, phase: phases.length + 1, contentIds: [] };
    findings.push({ ...of, id: `n${findings.length}.${now}`, title, text, createdAt: now });
  }
}

function changeHistory(
  world: World,
  what: Extract<Happening, { do: "history" }>["what"],
  which: number,
): void {
  const { turns, chats } = world;
  const place = turns.length === 0 ? 0 : which % turns.length;
  const turn = turns[place];
  if (what === "switch") world.chat = which % chats.length;
  else if (what === "undo") world.turns = turns.slice(0, place);
  else if (what === "fork") world.chat = chats.push(turns.slice(0, place + 1)) - 1;
  else if (turn) {
    const { question, answer } = turn;
    const instead = {
      drop: [],
      reword: [{ question: `${question} (reworded)`, answer }],
      lose: [{ question, answer }],
    }[what];
    world.turns = turns.toSpliced(place, 1, ...instead);
  }
}
