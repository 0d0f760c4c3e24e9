/** One number of the table: what was measured, and what it is held against. */
export interface Row {
  readonly what: string;
  readonly measured: string;
  readonly target: string;
  /** Undefined where there is no target, or where what it is compared with is not on this machine. */
  readonly ok: boolean | undefined;
  /** What the number rests on, for a reader who doubts it. */
  readonly detail: string;
}

/** Measures and checks. Rejects only when a check of what was computed fails, never because a machine is slow. */
export type Bench = () => Promise<readonly Row[]>;

export const noTarget = "no target";
