import assert from "node:assert/strict";
import { test } from "node:test";
import { digestOf } from "../digest-of.ts";

const seeds: Readonly<Record<string, string>> = {
  "a.ts":
    "export class A<T> extends B {\n  async foo(a: string): Promise<void> { return `${a}`; }\n}\n",
  "a.tsx": "export default function App() {\n  return <a b={c}>text</a>;\n}\n",
  "a.js": "class A { #p() { return /x/u; } }\nmodule.exports = { a, b() {} };\n",
  "a.py": "@dec(1)\nclass A(B):\n    def f(self, a: int = 2) -> str:\n        return f'{a}'\n",
  "a.go": "package main\ntype S struct { A int }\nfunc (s *S) M(a int) string { return `x` }\n",
  "A.java": "public class A<T> {\n  @Override public void f() throws E {}\n  enum E { X }\n}\n",
  "a.cpp":
    "namespace n { template <class T> class A : B { int f(int a) const; }; }\n#ifdef X\nint d();\n#endif\n",
  "a.rs": 'impl<\'a, T> Q for S<T> { pub fn f(&self) -> Result<(), E> { r#"x"# } }\n',
  "a.rb": "module M\n  def f(a) = <<~X\n    #{a}\n  X\n  %w[a b]\nend\n",
  "a.php": "<?php\nclass C { function f(int $a): string { return <<<X\n$a\nX; } }\n?>\n<b>\n",
  "a.sh": 'foo() { cat <<EOF\n$(echo "${x:-1}")\nEOF\n}\nif true; then bar() { :; }; fi\n',
  "a.css": "@media (a: b) { .x > #y:not(.z) { c: d } }\n@keyframes k { from { a: b } }\n",
  "a.cs": "namespace N;\npublic sealed class A : B {\n}\n",
  "a.sql": "CREATE TABLE IF NOT EXISTS t (a int); -- c\n/* d */\n",
  "a.ipynb":
    '{"cells":[{"cell_type":"code","source":["a"],"outputs":[{"data":{"text/html":"<table>"}}]}],"metadata":{"kernelspec":{"name":"x"}}}',
  "a.qmd": "---\ntitle: x\n---\n# One\n```{r a, b=1}\nx\n```\n",
  "a.yaml": "a: &b\n  c: [1, 'x', {d: e}]\n---\nf: *b\n? g\n: |\n  text\n!t h: \"\\n\"\n",
  "a.toml": 'a = 1\n[t]\nx = [1, "y", { z = 2 }]\n[[p]]\nd = 1979-05-27T07:32:00Z\n',
  "a.ini": "; c\n[a]\nx=1\\\n 2\ny: z\n",
  "a.env": 'A=1\nexport B="x\ny"\n',
  "a.xml":
    '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY e "x">]><r a="b"><!-- c --><i>&e;<![CDATA[d]]></i></r>',
};
const pieces = Array.from("{}[]()<>\"'`:;,=#&*|-\\/\n \t\u0000é").concat(
  "<<A",
  "/*",
  "---",
  "<![CDATA[",
  "*b",
);
const runs = 500;

for (const [name, seed] of Object.entries(seeds)) {
  test(`${name} with damage of any kind has a digest, soon`, async () => {
    const random = randomOf(name.length + seed.length);
    for (let run = 0; run < runs; run++) {
      const content = damaged(seed, random);
      const start = performance.now();
      const digest = await digestOf(name, content);
      assert.ok(performance.now() - start < 5000, JSON.stringify(content));
      assert.ok(digest.text.length <= 1200 && digest.text.isWellFormed());
      assert.deepEqual(JSON.parse(JSON.stringify(digest)), digest);
      assert.ok(
        !digest.facts?.some((fact) => fact.name === "kept as a plain file"),
        JSON.stringify(content),
      );
      if (run % 20 === 0) assert.deepEqual(await digestOf(name, content), digest);
    }
  });
}

const lines: Readonly<Record<string, string>> = {
  "a.ts": "function a(b,c){return b+c*2}var x=a(1,2);",
  "b.ts": '"',
  "a.js": "[",
  "a.py": "f(1,2);",
  "a.cpp": "(a",
  "a.rs": "<a",
  "a.go": "`",
  "a.sh": "<<A\n",
  "a.rb": "<<A\n",
  "a.kt": "public ",
  "a.tf": 'data "',
  "a.ipynb": '{"cells":[',
  "a.yaml": "{a: 1},",
  "b.yaml": "[,",
  "a.toml": "a=1,",
  "a.xml": "<a b='c'/>",
  "a.ini": "a=b",
};
for (const [name, piece] of Object.entries(lines)) {
  test(`1 MB of ${JSON.stringify(piece)} in ${name} is told soon`, async () => {
    const start = performance.now();
    const { text } = await digestOf(name, piece.repeat(1_000_000 / piece.length));
    assert.ok(performance.now() - start < 10_000);
    assert.ok(text.length <= 1200);
  });
}

function damaged(seed: string, random: (limit: number) => number): string {
  let content = seed;
  for (let left = random(4) + 1; left > 0; left--) {
    const at = random(content.length + 1);
    const inserted = [
      pieces[random(pieces.length)] ?? "",
      content.slice(random(content.length + 1)),
    ];
    const removed = random(3) === 0 ? random(20) : 0;
    content =
      content.slice(0, at) +
      (inserted[random(4) === 0 ? 1 : 0] ?? "") +
      content.slice(at + removed);
  }
  return content;
}

/** The same numbers in every run: https://en.wikipedia.org/wiki/Linear_congruential_generator */
function randomOf(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}
