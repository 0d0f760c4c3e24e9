import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { pathToFileURL } from "node:url";
import * as fc from "fast-check";
import { zipSync } from "fflate";
import { isContextError } from "../../src/core/errors.ts";
import type { PortableSession } from "../../src/core/session/portable.ts";
import { reader, small, sound } from "./hostile-archives.ts";
import { place } from "./place.ts";
import { sample } from "./sample-session.ts";

/** An archive of ours, as bytes. */
async function written(t: TestContext): Promise<{ zip: Buffer; session: PortableSession }> {
  const here = place(t);
  const { session, sources } = sample(here);
  const path = join(here.folder, "a.satchel");
  await here.contents.writeArchive(pathToFileURL(path).href, session, sources);
  return { zip: readFileSync(path), session };
}

test("an archive that was cut off anywhere is refused", async (t) => {
  const { zip } = await written(t);
  const read = reader();
  await fc.assert(
    fc.asyncProperty(fc.nat(zip.length - 1), async (length) => {
      await assert.rejects(read(zip.subarray(0, length)), { code: "archive-invalid" });
    }),
    { seed: 10, numRuns: 50 },
  );
});

for (const maker of ["us", "another program"]) {
  test(`any damage to an archive of ${maker} is found, or harmless`, async (t) => {
    const ours = await written(t);
    const { zip, session } =
      maker === "us" ? ours : { zip: Buffer.from(zipSync(sound)), session: small };
    const read = reader();
    // Half of it where the structure is: the end, which is the directory.
    const where = fc.oneof(
      fc.nat(zip.length - 1),
      fc.integer({ min: zip.length - 600, max: zip.length - 1 }),
    );
    const change = fc.record({ at: where, bytes: fc.uint8Array({ minLength: 1, maxLength: 8 }) });
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (changes) => {
        const damaged = Buffer.from(zip);
        for (const { at, bytes } of changes)
          damaged.set(bytes.subarray(0, damaged.length - at), at);
        try {
          assert.deepEqual((await read(damaged)).session, session);
        } catch (error) {
          assert.ok(isContextError(error) && error.code === "archive-invalid", String(error));
          refused++;
        }
      }),
      { seed: 11, numRuns: 500 },
    );
    assert.ok(refused > 250, `${refused} of 500 were refused`);
  });
}

test("a file of any bytes is refused", async () => {
  const read = reader();
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 500 }), async (bytes) => {
      await assert.rejects(read(bytes), { code: "archive-invalid" });
    }),
    { seed: 12, numRuns: 200 },
  );
});
