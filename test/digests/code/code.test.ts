import assert from "node:assert/strict";
import { test } from "node:test";
import { digestOf } from "../digest-of.ts";

const sources: readonly (readonly [name: string, source: string, text: string])[] = [
  [
    "a.ts",
    "// one\n/* two\n*/\nexport class A<T> extends B {\n  async foo(a: string): Promise<void> {}\n  run = () => 1;\n}\n\nexport const f = (x: number): string => `${x}`;\ninterface I {}\n",
    "ts, TypeScript, 10 lines, 6 of code, 3 of comments, 1 class, 2 methods, 1 function, 1 interface\n4: export class A<T> extends B\n  5: async foo(a: string): Promise<void>\n  6: run = ()\n9: export const f = (x: number): string\n10: interface I",
  ],
  [
    "a.tsx",
    "export default function App() {\n  return <a/>;\n}",
    "tsx, TypeScript (JSX), 3 lines, 3 of code, 1 function\n1: export default function App()",
  ],
  [
    "a.js",
    "class A { #p() {} }\nvar x = 1;\nconst g = function () {};",
    "js, JavaScript, 3 lines, 3 of code, 1 class, 1 method, 1 function\n1: class A\n  1: #p()\n3: const g = function ()",
  ],
  [
    "a.py",
    "# c\n@dec(1)\nclass A(B):\n    @property\n    def f(self, a: int = 2) -> str:\n        def inner(): pass\n\nif x:\n    async def g(a,\n        b): pass\n",
    "py, Python, 10 lines, 8 of code, 1 of comments, 1 class, 1 method, 1 function\n3: class A(B)\n  5: def f(self, a: int = 2) -> str\n9: async def g(a, b)",
  ],
  [
    "a.go",
    "package main\ntype S struct { A int }\nfunc (s *S) M(a int) (string, error) { return }\nfunc main() {}\n",
    "go, Go, 4 lines, 4 of code, 1 type, 1 method, 1 function\n2: type S struct\n3: func (s *S) M(a int) (string, error)\n4: func main()",
  ],
  [
    "A.java",
    "public class A {\n  public A(int a) {}\n  @Override public void f() throws E {}\n  enum E { X }\n}\n",
    "java, Java, 5 lines, 5 of code, 1 class, 1 constructor, 1 method, 1 enum\n1: public class A\n  2: public A(int a)\n  3: public void f() throws E\n  4: enum E",
  ],
  [
    "a.cpp",
    "namespace n {\ntemplate <class T> class A : B { int f(int a) const; };\n}\nint n::A::f(int a) { return 1; }\n",
    "cpp, C++, 4 lines, 4 of code, 1 namespace, 1 class, 1 method, 1 function\n1: namespace n\n  2: class A : B\n    2: int f(int a) const\n4: int n::A::f(int a)",
  ],
  [
    "a.c",
    "typedef struct { int a; } T;\nstatic char *h(void) { return 0; }\n#ifdef X\nint d(int);\n#endif\n",
    "c, C, 5 lines, 5 of code, 1 type, 2 functions\n1: typedef struct\n2: static char *h(void)\n4: int d(int)",
  ],
  [
    "a.rs",
    "pub struct S<T> { a: T }\nimpl<T> Q for S<T> {\n  pub fn f(&self) -> Result<(), E> { Ok(()) }\n}\n",
    "rs, Rust, 4 lines, 4 of code, 1 struct, 1 impl, 1 method\n1: pub struct S<T>\n2: impl<T> Q for S<T>\n  3: pub fn f(&self) -> Result<(), E>",
  ],
  [
    "a.rb",
    "module M\n  class A < B\n    def init(a)\n    end\n  end\nend\n",
    "rb, Ruby, 6 lines, 6 of code, 1 module, 1 class, 1 method\n1: module M\n  2: class A < B\n    3: def init(a)",
  ],
  [
    "a.php",
    "<?php\nabstract class C {\n  public function f(int $a): string {}\n}\nfunction top() {}\n",
    "php, PHP, 5 lines, 5 of code, 1 class, 1 method, 1 function\n2: abstract class C\n  3: public function f(int $a): string\n5: function top()",
  ],
  [
    "a.sh",
    "#!/bin/sh\nfoo() { echo; }\nfunction bar { echo; }\n",
    "sh, Shell, 3 lines, 2 of code, 1 of comments, 2 functions\n2: foo()\n3: function bar",
  ],
  [
    "a.css",
    "@media (a: b) {\n  .x { c: d }\n}\n",
    "css, CSS, 3 lines, 3 of code, 1 media, 1 rule\n1: @media (a: b)\n  2: .x",
  ],
  [
    "a.kt",
    "data class P(val a: Int) {\n}\nfun main() {\n}\n",
    "kt, Kotlin, 4 lines, 4 of code, 1 class, 1 fun\n1: data class P(val a: Int)\n3: fun main()",
  ],
  [
    "a.sql",
    "-- c\nCREATE TABLE IF NOT EXISTS t (\n  a int\n);\ncreate or replace view v as select 1;\n",
    "sql, SQL, 5 lines, 4 of code, 1 of comments, 1 table, 1 view\n2: CREATE TABLE IF NOT EXISTS t (\n5: create or replace view v as select 1",
  ],
  [
    "a.hs",
    "{- a\n-}\nmain :: IO ()\nmain = x\n",
    "hs, Haskell, 4 lines, 2 of code, 2 of comments, 1 function\n3: main :: IO ()",
  ],
  ["a.lua", "local x = 1\n", "lua, Lua, 1 line, 1 of code"],
];
for (const [name, source, text] of sources) {
  test(`${name} has an outline`, async () => {
    const digest = await digestOf(name, source);
    assert.equal(digest.text, text);
    assert.equal(digest.extractor, "code");
    assert.deepEqual(await digestOf(name, source), digest);
  });
}

test("what a person asks for first stands in the facts", async () => {
  const { facts, preview } = await digestOf("a.py", "# c\ndef f(): pass\n\n");
  assert.deepEqual(facts, [
    { name: "language", value: "Python" },
    { name: "lines", value: "3" },
    { name: "lines of code", value: "1" },
    { name: "lines of comments", value: "1" },
    { name: "symbols", value: "1 function" },
  ]);
  assert.deepEqual(preview.slice(0, 2), ["# c", "def f(): pass"]);
});

test("broken code has an outline", async () => {
  const { text } = await digestOf(
    "a.ts",
    "class A {\n  f() {}\n}\nfunction g( {\n\nfunction h(a) { }\n",
  );
  assert.match(text, /class A/u);
  assert.match(text, /f\(\)/u);
});

test("a long outline is cut to names, then to kinds", async () => {
  const methods = (prefix: string): string =>
    Array.from({ length: 30 }, (_, at) => `  ${prefix}${at}(first: string): void {}\n`).join("");
  const some = await digestOf("a.ts", `class A {\n${methods("m")}}\nclass B {\n${methods("n")}}\n`);
  assert.match(some.text, /^1: class A: m0, m1, m2/mu);
  assert.match(some.text, /^33: class B: n0, n1, n2/mu);
  const many = await digestOf(
    "a.go",
    Array.from({ length: 300 }, (_, at) => `func f${at}() {}\n`).join(""),
  );
  assert.match(many.text, /^300 functions: f0, f1, f2/mu);
  for (const { text } of [some, many]) assert.ok(text.length <= 1200);
});

test("an empty source is told as text", async () =>
  assert.equal((await digestOf("a.py", "\n")).extractor, "text"));
