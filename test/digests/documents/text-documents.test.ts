import assert from "node:assert/strict";
import { test } from "node:test";
import { extractionOf, factsOf, textOf } from "../documents.ts";

test("a page is told by title, headings, links and what is seen of it", async () => {
  const html = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="author" content="Ann"><title>Tea &amp; more</title>
    <style>p { color: red }</style></head><body><script>document.write("never")</script><h1>All <em>about</em> tea</h1>
    <p>See <a href="x">one</a> and <a href="y">two</a>.<p>Next<br>line<table><tr><td>1<td>2</table><noscript>no</noscript><img src=x onerror="never()">`;
  assert.deepEqual(await extractionOf("html", html), {
    extractor: "document",
    type: "html",
    preview: ["All about tea", "See one and two.", "Next", "line", "1 2"],
    facts: [
      { name: "title", value: "Tea & more" },
      { name: "author", value: "Ann" },
      { name: "words", value: "11" },
      { name: "links", value: "2" },
      { name: "images", value: "1" },
      { name: "tables", value: "1" },
      { name: "language", value: "en" },
      { name: "headings", value: "1" },
      { name: "outline", value: "All about tea" },
    ],
    text: "html, 11 words, 2 links, 1 image, 1 table\ntitle: Tea & more\nauthor: Ann\nlanguage: en\n1 heading: All about tea\nAll about tea\nSee one and two.\nNext\nline\n1 2",
  });
});

test("a page is read in the encoding that it tells", async () => {
  const page = (charset: string, byte: number): Buffer =>
    Buffer.concat([Buffer.from(`<meta charset=${charset}><p>x`), Buffer.from([byte])]);
  assert.equal(await textOf("html", page("windows-1251", 0xe6)), "xж");
  assert.equal(await textOf("html", page("unheard-of", 0xe9)), "xé");
  const wide = Buffer.from("\uFEFF<p>wide é</p>", "utf16le");
  assert.equal(await textOf("html", wide), "wide é");
});

test("what has no tag is no page", async () => {
  assert.equal(await extractionOf("html", "just text"), undefined);
  assert.equal(await extractionOf("html", "<p>\0"), undefined);
});

test("tags that are nested without end are an error", async () => {
  await assert.rejects(extractionOf("html", "<div>".repeat(100_000)), /nested/u);
});

test("a rich text is told by title, author, words and first text", async () => {
  const rtf = String.raw`{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0 Arial;}}{\info{\title The \'dcber}{\author Ann}{\comment no}}
{\*\generator None;}{\header top}\pard\uc1 Caf\'e9 \u8364?5, {\b bold}\tab x\par {\pict\bin4 }}{{}second \{line\}}\line end\par\u-10180?\u-8433?}`;
  assert.deepEqual(await extractionOf("rtf", rtf), {
    extractor: "document",
    type: "rtf",
    preview: ["Café €5, bold x", "second {line} end", "🌏"],
    facts: [
      { name: "title", value: "The Über" },
      { name: "author", value: "Ann" },
      { name: "words", value: "7" },
    ],
    text: "rtf, 7 words\ntitle: The Über\nauthor: Ann\nCafé €5, bold x\nsecond {line} end\n🌏",
  });
  assert.equal(await extractionOf("rtf", "plain"), undefined);
});

test("characters of two bytes in a rich text are read together", async () => {
  const rtf = String.raw`{\rtf1\ansi\ansicpg932 \'93\'fa\'96\'7b}`;
  assert.equal(await textOf("rtf", rtf), "日本");
});

const mail = [
  "Received: from somewhere",
  "From: =?utf-8?Q?Ann_=C3=89xample?= <ann@example.org>",
  "To: Bob <bob@example.org>, eve@example.org",
  "Subject: =?utf-8?B?VGVhIOKYlQ==?=",
  "Date: Fri, 09 Jan 2026 10:00:00 +0100",
  "MIME-Version: 1.0",
  'Content-Type: multipart/mixed; boundary="b"',
  "",
  "--b",
  "Content-Type: text/plain; charset=iso-8859-1",
  "Content-Transfer-Encoding: quoted-printable",
  "",
  "Hello caf=E9,",
  "here it is.",
  "--b",
  'Content-Type: application/octet-stream; name="a.bin"',
  'Content-Disposition: attachment; filename="a.bin"',
  "Content-Transfer-Encoding: base64",
  "",
  "AAECAwQ=",
  "--b--",
  "",
].join("\r\n");

test("a mail is told by people, subject, date, attachments and first text", async () => {
  const extraction = await extractionOf("eml", mail);
  assert.deepEqual(factsOf(extraction), {
    from: "Ann Éxample <ann@example.org>",
    to: "Bob <bob@example.org>, eve@example.org",
    subject: "Tea ☕",
    date: "2026-01-09T09:00:00.000Z",
    words: "5",
    attachments: "1: a.bin (5 bytes)",
  });
  assert.deepEqual(extraction?.preview, ["Hello café,", "here it is."]);
  assert.equal(await textOf("eml", mail), "Hello café,\nhere it is.");
});

test("a mail in HTML alone is read without its tags", async () => {
  const html = "From: a@b.c\nContent-Type: text/html\n\n<h1>Big</h1><script>no()</script><p>news";
  const extraction = await extractionOf("eml", html);
  assert.deepEqual(extraction?.preview, ["Big", "news"]);
  assert.equal(factsOf(extraction)["words"], "2");
});

test("what begins with no field of a mail is none", async () => {
  assert.equal(await extractionOf("eml", "Dear all,\n\nFrom: me"), undefined);
});

test("a mailbox is told by the number of its mails and their subjects", async () => {
  const box = ["One", "Two", "Three"]
    .map(
      (subject) => `From a@b.c Fri Jan  9 10:00:00 2026\nSubject: ${subject}\n\nFrom here on\n\n`,
    )
    .join("");
  const extraction = await extractionOf("mbox", box);
  assert.equal(
    extraction?.text,
    "mbox, 3 mails\n3 mails: One, Two, Three\nOne\nFrom here on\nTwo\nFrom here on\nThree\nFrom here on",
  );
  assert.deepEqual(factsOf(extraction), { mails: "3", outline: "One; Two; Three" });
  assert.equal(await extractionOf("mbox", "Subject: x\n\n"), undefined);
});

test("Markdown is told by its headings outside code", async () => {
  const text =
    "---\ntitle: The Title\n---\n# One #\ntext\n\nTwo\n===\n```sh\n# no heading\n```\n- - -\n### C#\n#hash\n";
  assert.deepEqual(factsOf(await extractionOf("md", text)), {
    lines: "14",
    words: "11",
    title: "The Title",
    headings: "3",
    outline: "One; Two; C#",
  });
  assert.equal(factsOf(await extractionOf("md", "intro\n\n## First\n"))["title"], "First");
  assert.equal(await textOf("md", "---\nno end\n# One\n"), "---\nno end\n# One");
});

test("the text of a document is cut at two megabytes, between characters", async () => {
  const text = await textOf("md", `${"€".repeat(50_000)}\n`.repeat(30));
  const size = Buffer.byteLength(text ?? "");
  assert.ok(size <= 2_000_000 && size > 1_999_990 && text?.isWellFormed(), `${size}`);
  assert.ok(!text?.includes("\uFFFD"));
});
