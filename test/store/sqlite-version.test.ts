import assert from "node:assert/strict";
import { test } from "node:test";
import { hasWalResetBug } from "../../src/store/sqlite-version.ts";

function check(version: string, expected: boolean): void {
  test(`SQLite "${version}" ${expected ? "has" : "does not have"} the WAL-reset bug`, () => {
    assert.equal(hasWalResetBug(version), expected);
  });
}

check("3.6.23", false);
check("3.7.0", true);
check("3.43.2", true);
check("3.44.5", true);
check("3.44.6", false);
check("3.45.0", true);
check("3.50.6", true);
check("3.50.7", false);
check("3.51.0", true);
check("3.51.2", true);
check("3.51.3", false);
check("3.53.4", false);
check("4.0.0", false);
check("", true);
check("unknown", true);
