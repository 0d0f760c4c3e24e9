const isTorture = process.env["SATCHEL_TORTURE"] === "1";

/** How much each harness does: the first figure in every test run, the second in `npm run torture`. */
export const counts = {
  kills: figure(200, 1000),
  migrationKillRounds: figure(20, 200),
  powerCuts: figure(10, 200),
  windows: 8,
  operationsPerWindow: figure(1000, 10_000),
  fullDisks: figure(6, 60),
  mutations: figure(1000, 10_000),
  uploads: figure(200, 5000),
  uploadKills: figure(16, 400),
  changingFiles: figure(50, 1000),
} as const;

/** The time that a harness may take, in milliseconds: a guard against one that hangs, not a goal. */
export const patience: number = figure(240_000, 7_200_000);

function figure(usual: number, torture: number): number {
  return isTorture ? torture : usual;
}
