/**
 * Code points that Unicode 17 made letters, marks or numbers. The `tiktoken` 1.0.22 package is built with regex-syntax 0.8.5,
 * which knows Unicode 16 (https://docs.rs/crate/regex-syntax/0.8.5/source/src/unicode_tables/age.rs), so it takes them for signs;
 * newer JavaScript engines do not. To be looked through again with each new version of `tiktoken`.
 */
const newerThanTiktoken: string = [
  "\\u088f\\u0c5c\\u0cdc\\u1acf-\\u1add\\u1ae0-\\u1aeb\\ua7ce\\ua7cf\\ua7d2\\ua7d4\\ua7f1",
  "\\u{10940}-\\u{10959}\\u{10ec5}-\\u{10ec7}\\u{10efa}\\u{10efb}\\u{11b60}-\\u{11b67}",
  "\\u{11db0}-\\u{11ddb}\\u{11de0}-\\u{11de9}\\u{16ea0}-\\u{16eb8}\\u{16ebb}-\\u{16ed3}",
  "\\u{16ff2}-\\u{16ff6}\\u{187f8}-\\u{187ff}\\u{18d09}-\\u{18d1e}\\u{18d80}-\\u{18df2}",
  "\\u{1e6c0}-\\u{1e6de}\\u{1e6e0}-\\u{1e6f5}\\u{1e6fe}\\u{1e6ff}\\u{2b73a}-\\u{2b73f}",
  "\\u{2cea2}-\\u{2cead}\\u{323b0}-\\u{33479}",
].join("");

/**
 * The pattern of an encoding, as published for Rust, as a sticky `RegExp` that finds the same pieces:
 * 1. `(?i:...)`, a syntax error on Node 22, is written out. Unicode folds ſ (U+017F) to s (https://www.unicode.org/Public/16.0.0/ucd/CaseFolding.txt).
 * 2. `\s` is the Unicode property: JavaScript's own also has U+FEFF and lacks U+0085.
 * 3. Letters, marks and numbers are those that `tiktoken` knows.
 * 4. A slash inside a class is escaped, as the `v` flag demands.
 */
export function splitPattern(published: string): RegExp {
  const source = published
    .replace(/\(\?i:([^)]*)\)/gu, (_, body: string) => `(?:${body.replace(/[a-z]/gu, anyCase)})`)
    .replaceAll("\\s", "\\p{White_Space}")
    .replaceAll("\\S", "\\P{White_Space}")
    .replace(/\\p\{[LMN][a-z]?\}/gu, `[$&--[${newerThanTiktoken}]]`)
    .replaceAll("/", "\\/");
  return new RegExp(source, "vy");
}

function anyCase(letter: string): string {
  return `[${letter}${letter.toUpperCase()}${letter === "s" ? "ſ" : ""}]`;
}
