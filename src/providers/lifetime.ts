import type { LifetimeRange } from "../core/ports/capabilities.ts";

/** The nearest lifetime that a provider accepts, in milliseconds. */
export function withinRange(wanted: number, range: LifetimeRange | undefined): number {
  return range ? Math.min(Math.max(wanted, range.min), range.max) : wanted;
}
