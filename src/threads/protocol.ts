import type { ContextErrorData } from "../core/errors.ts";

/** From the extension host to a thread. */
export type ToThread =
  | {
      readonly kind: "call";
      readonly id: number;
      readonly method: string;
      readonly args: readonly unknown[];
    }
  | { readonly kind: "abort"; readonly id: number };

/** From a thread to the extension host. */
export type FromThread =
  | { readonly kind: "value"; readonly id: number; readonly value: unknown }
  | { readonly kind: "failure"; readonly id: number; readonly failure: Failure }
  | { readonly kind: "event"; readonly event: unknown };

/** A thrown value as plain data: structured cloning would lose an error's code. */
export type Failure =
  | { readonly kind: "context"; readonly error: ContextErrorData }
  | { readonly kind: "abort" }
  | { readonly kind: "defect"; readonly message: string; readonly stack?: string | undefined };
