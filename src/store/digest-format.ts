import * as v from "valibot";
import type { ColumnProfile, DigestFact } from "../core/files/digest.ts";

const count = v.pipe(v.number(), v.safeInteger("a whole number"), v.minValue(0));

/** The facts of a digest. */
export const factsSchema: v.GenericSchema<unknown, DigestFact[]> = v.array(
  v.object({ name: v.string(), value: v.string() }),
);

/** What a digest says of the columns of a table. */
export const profileSchema: v.GenericSchema<unknown, ColumnProfile[]> = v.array(
  v.object({
    name: v.string(),
    type: v.picklist(["boolean", "integer", "number", "date", "text", "mixed", "empty"]),
    nulls: count,
    min: v.optional(v.string()),
    max: v.optional(v.string()),
    distinct: v.optional(count),
    moreDistinct: v.optional(v.boolean()),
    ofRows: v.optional(count),
  }),
);
