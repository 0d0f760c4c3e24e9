import { rebuildStore } from "../../../../src/store/upkeep/rebuild.ts";

// Rebuilds a store some times, and dies as in a power cut when it has come to a step.
const [folder = "", times = "1", lastStep = "", sqliteVersion = ""] = process.argv.slice(2);
for (let time = 0; time < Number(times); time++) {
  rebuildStore(folder, {
    ...(sqliteVersion !== "" && { sqliteVersion }),
    onStep(step) {
      if (step === lastStep) process.kill(process.pid, "SIGKILL");
    },
  });
}
