/** What happens on machines that share an account. */
import { isAbort, isContextError } from "../../../src/core/errors.ts";
import {
  cleanUp,
  compareAccount,
  planCleanup,
  reconcile,
  type CleanupKind,
} from "../../../src/core/files/reconcile.ts";
import { removeUpload } from "../../../src/core/files/remove-upload.ts";
import { sweepUploads } from "../../../src/core/files/sweep-uploads.ts";
import { uploadFile } from "../../../src/core/files/upload.ts";
import { caps, minute, type Machine, type Pause, type World } from "./never-foreign-world.ts";
import { busy, refusal, trouble, type Fault } from "./shaky-provider.ts";

export type FaultName = "stored" | "not-stored" | "aborted" | "busy" | "refused";

export type Step =
  | {
      readonly do: "upload";
      readonly machine: number;
      readonly name: string;
      readonly text: string;
      readonly faults: readonly FaultName[];
    }
  | { readonly do: "remove"; readonly machine: number; readonly which: number }
  | { readonly do: "sweep"; readonly machine: number }
  /** Looks at the account, lets other things happen, and then does what was planned. */
  | { readonly do: "reconcile"; readonly machine: number; readonly meanwhile: readonly Step[] }
  | {
      readonly do: "clean-up";
      readonly machine: number;
      readonly kind: CleanupKind;
      readonly meanwhile: readonly Step[];
    }
  /** The user saves a remote file under its name, and adds it to a session. */
  | { readonly do: "save"; readonly machine: number; readonly which: number }
  | { readonly do: "foreign"; readonly name: string; readonly text: string }
  | { readonly do: "vanish"; readonly which: number }
  | { readonly do: "lag"; readonly hidden: number }
  | { readonly do: "pass"; readonly by: number }
  | { readonly do: "interrupt"; readonly at: Pause; readonly step: Step };

const signal = new AbortController().signal;

/** Carries out a step. Failures that people would be told are none of the model's business. */
export async function live(world: World, step: Step): Promise<void> {
  try {
    if ("machine" in step) {
      await onMachine(world, world.machine(step.machine), step);
    } else inAccount(world, step);
  } catch (error) {
    if (!isContextError(error) && !isAbort(error)) throw error;
  }
}

type MachineStep = Extract<Step, { readonly machine: number }>;

async function onMachine(world: World, machine: Machine, step: MachineStep): Promise<void> {
  const parts = machine.parts();
  switch (step.do) {
    case "upload": {
      machine.files.set(step.name, step.text);
      return upload(world, machine, step.name, step.faults);
    }
    case "remove": {
      return removeOne(machine, step.which);
    }
    case "sweep": {
      return void (await sweepUploads(parts, {}, signal));
    }
    case "reconcile": {
      return reconcileLater(world, machine, step.meanwhile);
    }
    case "clean-up": {
      return cleanUpLater(world, machine, step);
    }
    case "save": {
      const { held } = world.shaky;
      const file = held[step.which % held.length];
      if (file) machine.files.set(file.name, world.texts.get(file.id) ?? "");
      return file && upload(world, machine, file.name, []);
    }
  }
}

async function removeOne(machine: Machine, which: number): Promise<void> {
  const rows = await ready(machine);
  const row = rows[which % rows.length];
  if (row) await removeUpload(machine.parts(), row, signal);
}

async function reconcileLater(
  world: World,
  machine: Machine,
  meanwhile: readonly Step[],
): Promise<void> {
  const parts = machine.parts();
  const { ghosts, duplicates, candidates } = await compareAccount(parts, machine.views(), signal);
  for (const each of meanwhile) await live(world, each);
  await reconcile(parts, { forget: ghosts, remove: duplicates, adopt: candidates }, signal);
}

async function cleanUpLater(
  world: World,
  machine: Machine,
  { kind, meanwhile }: Extract<Step, { readonly do: "clean-up" }>,
): Promise<void> {
  const plan = planCleanup(await ready(machine), kind, world.now, minute);
  for (const each of meanwhile) await live(world, each);
  const doomed = plan.map((row) => ({
    remove: () => removeUpload(machine.parts(), row, signal),
  }));
  await cleanUp(doomed, signal);
}

async function upload(
  world: World,
  machine: Machine,
  name: string,
  names: readonly FaultName[],
): Promise<void> {
  const view = machine.views().find(({ file }) => file.id === name);
  if (!view) return;
  world.shaky.faults.push(...names.map((fault) => faults[fault]()));
  try {
    await uploadFile(machine.parts(), view.file, { maxBytes: 1000, caps }, signal);
  } finally {
    world.shaky.faults.length = 0;
  }
}

const faults: Readonly<Record<FaultName, () => Fault>> = {
  stored: () => trouble(true),
  "not-stored": () => trouble(false),
  aborted: () => ({ stored: true, error: new DOMException("stop", "AbortError") }),
  busy: () => busy(1000),
  refused: () => refusal("provider-rejected"),
};

async function ready(machine: Machine) {
  return (await machine.registry.uploads({})).filter(({ state }) => state === "ready");
}

let foreignFiles = 0;

function inAccount(world: World, step: Exclude<Step, MachineStep>): void {
  const { shaky } = world;
  switch (step.do) {
    case "foreign": {
      const id = `foreign-${foreignFiles++}`;
      shaky.held.push({ id, name: step.name, createdAt: world.now });
      return void world.texts.set(id, step.text);
    }
    case "vanish": {
      return void shaky.held.splice(step.which % (shaky.held.length + 1), 1);
    }
    case "lag": {
      return void (shaky.hidden = step.hidden);
    }
    case "pass": {
      return void (world.now += step.by);
    }
    case "interrupt": {
      return void (world.interruption = { at: step.at, run: () => live(world, step.step) });
    }
  }
}
