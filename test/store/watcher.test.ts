import assert from "node:assert/strict";
import { appendFileSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { createWatcher } from "../../src/store/watcher.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import { waiting, watched } from "./watched.ts";

const deadline = { timeout: 20_000 };

const oddNames = [
  "a b.txt",
  'it\'s "it".txt',
  "🎒.txt",
  "a#b?.txt",
  "50%.txt",
  "%41.txt",
  "(x)[y].txt",
  ".env",
  "a~",
  "b.swp",
  ".c.swp",
];
// Each has its own folder, and most of their time is waiting.
describe("a watcher", { concurrency: true }, () => {
  test("a file that is written is reported", deadline, async (t) => {
    const { folder, begins, reported } = watched(t, ["a.txt"]);
    await begins("a.txt");
    await reported("a.txt", () => writeFileSync(join(folder, "a.txt"), "new"));
  });

  test("a file that an editor replaces is reported, each time", deadline, async (t) => {
    const { folder, begins, reported } = watched(t, ["a.txt"]);
    await begins("a.txt");
    for (const text of ["one", "two", "three"]) {
      await reported("a.txt", () => {
        writeFileSync(join(folder, "a.txt.new"), text);
        renameSync(join(folder, "a.txt.new"), join(folder, "a.txt"));
      });
    }
    await reported("a.txt", () => appendFileSync(join(folder, "a.txt"), "written in place"));
  });

  test("a file that is moved away for its new version is reported", deadline, async (t) => {
    const { folder, begins, reported } = watched(t, ["a.txt"]);
    await begins("a.txt");
    for (const text of ["one", "two"]) {
      await reported("a.txt", () => {
        renameSync(join(folder, "a.txt"), join(folder, "a.txt~"));
        writeFileSync(join(folder, "a.txt"), text);
      });
    }
  });

  test("a file that goes and comes back is reported, each time", deadline, async (t) => {
    const { folder, begins, reported } = watched(t, ["a.txt"]);
    await begins("a.txt");
    for (let time = 0; time < 2; time++) {
      await reported("a.txt", () => rmSync(join(folder, "a.txt")));
      await reported("a.txt", () => writeFileSync(join(folder, "a.txt"), "back"));
      await reported("a.txt", () => writeFileSync(join(folder, "a.txt"), "new"));
    }
  });

  test("a file that goes and comes back with its folder is reported", deadline, async (t) => {
    const { folder, watcher, uriOf, reported, begins } = watched(t, []);
    const write = (text: string): void => {
      mkdirSync(join(folder, "deep/er"), { recursive: true });
      writeFileSync(join(folder, "deep/er/a.txt"), text);
    };
    write("old");
    watcher.watch([uriOf("deep/er/a.txt")]);
    await begins("deep/er/a.txt");
    await reported("deep/er/a.txt", () => rmSync(join(folder, "deep"), { recursive: true }));
    await reported("deep/er/a.txt", () => write("back"));
    await reported("deep/er/a.txt", () => write("new"));
  });

  test("a file that is not there yet is reported when it comes", deadline, async (t) => {
    const { folder, watcher, uriOf, begins } = watched(t, ["other.txt"]);
    watcher.watch([uriOf("other.txt"), uriOf("a.txt")]);
    await begins("other.txt");
    await setTimeout(100);
    writeFileSync(join(folder, "a.txt"), "new");
    await begins("a.txt", () => {});
  });

  test("a file whose folder is not there yet is reported when it comes", deadline, async (t) => {
    const { folder, watcher, uriOf, begins } = watched(t, ["other.txt"]);
    watcher.watch([uriOf("other.txt"), uriOf("deep/er/a.txt")]);
    await begins("other.txt");
    mkdirSync(join(folder, "deep/er"), { recursive: true });
    writeFileSync(join(folder, "deep/er/a.txt"), "new");
    await begins("deep/er/a.txt", () => {});
  });

  test(
    "a file that was added beside a watched one is reported when it goes",
    deadline,
    async (t) => {
      const { folder, watcher, uriOf, begins, reported } = watched(t, ["a.txt"]);
      await begins("a.txt");
      writeFileSync(join(folder, "b.txt"), "old");
      watcher.watch([uriOf("a.txt"), uriOf("b.txt")]);
      await reported("b.txt", () => rmSync(join(folder, "b.txt")));
      await reported("a.txt", () => rmSync(join(folder, "a.txt")));
    },
  );

  test("files of a folder and of one within it are both reported", deadline, async (t) => {
    const { folder, watcher, uriOf, begins, reported } = watched(t, ["a.txt"]);
    mkdirSync(join(folder, "in"));
    writeFileSync(join(folder, "in/b.txt"), "old");
    watcher.watch([uriOf("a.txt"), uriOf("in/b.txt")]);
    await begins("a.txt");
    await begins("in/b.txt");
    await reported("in/b.txt", () => rmSync(join(folder, "in/b.txt")));
    watcher.watch([uriOf("a.txt")]);
    await reported("a.txt", () => rmSync(join(folder, "a.txt")));
  });

  test(
    "a link is reported when its target is written",
    { ...deadline, skip: process.platform === "win32" },
    async (t) => {
      const { folder, watcher, uriOf, begins } = watched(t, []);
      mkdirSync(join(folder, "elsewhere"));
      writeFileSync(join(folder, "elsewhere/target.txt"), "old");
      symlinkSync(join(folder, "elsewhere/target.txt"), join(folder, "link.txt"));
      watcher.watch([uriOf("link.txt")]);
      await begins("link.txt", () => appendFileSync(join(folder, "elsewhere/target.txt"), "."));
    },
  );

  test("other files beside a watched one are not reported", deadline, async (t) => {
    const { folder, reports, uriOf, begins, reported } = watched(t, ["a.txt"]);
    await begins("a.txt");
    await reported("a.txt", () => {
      for (let index = 0; index < 20; index++) writeFileSync(join(folder, `${index}.txt`), "x");
      rmSync(join(folder, "3.txt"));
      writeFileSync(join(folder, "a.txt"), "new");
    });
    assert.deepEqual([...new Set(reports)], [uriOf("a.txt")]);
  });

  test(
    "only the files of the last set are reported, and a file can come back into it",
    deadline,
    async (t) => {
      const { folder, watcher, reports, uriOf, begins, reported } = watched(t, ["a.txt", "b.txt"]);
      await begins("a.txt");
      await begins("b.txt");
      watcher.watch([uriOf("b.txt")]);
      await reported("b.txt", () => {
        writeFileSync(join(folder, "a.txt"), "new");
        writeFileSync(join(folder, "b.txt"), "new");
      });
      assert.ok(!reports.includes(uriOf("a.txt")));
      for (let time = 0; time < 3; time++) {
        watcher.watch([]);
        watcher.watch([uriOf("a.txt")]);
        reports.length = 0;
        await begins("a.txt");
      }
    },
  );

  test("a burst of writes is reported once or twice, not each time", deadline, async (t) => {
    const { folder, reports, begins, reported } = watched(t, ["a.txt"]);
    await begins("a.txt");
    await reported("a.txt", () => {
      for (let index = 0; index < 200; index++) appendFileSync(join(folder, "a.txt"), "x");
    });
    await setTimeout(300);
    assert.ok(reports.length <= 2, `${reports.length} reports`);
  });

  test(
    "a file is reported by the very URI that was given",
    { ...deadline, skip: process.platform === "win32" },
    async (t) => {
      const { folder, watcher, begins, reports } = watched(t, oddNames);
      await Promise.all(oddNames.map((name) => begins(name)));
      const spelled = pathToFileURL(join(folder, "(x)[y].txt")).href.replace("(", "%28");
      reports.length = 0;
      watcher.watch([spelled, "untitled:Untitled-1", "file://elsewhere/x", "nonsense"]);
      const wait = waiting(t);
      while (!reports.includes(spelled)) {
        appendFileSync(join(folder, "(x)[y].txt"), ".");
        await wait(20);
      }
    },
  );

  test("of two thousand files in one folder the changed ones are reported", deadline, async (t) => {
    const names = Array.from({ length: 2000 }, (_, index) => `${index}.txt`);
    const { folder, reports, uriOf, begins, reported } = watched(t, names);
    await begins("1999.txt");
    await begins("0.txt");
    await reported("1234.txt", () => {
      writeFileSync(join(folder, "77.txt"), "new");
      writeFileSync(join(folder, "1234.txt"), "new");
    });
    const wait = waiting(t);
    while (!reports.includes(uriOf("77.txt"))) await wait(10);
    assert.deepEqual(reports.toSorted(), [uriOf("1234.txt"), uriOf("77.txt")]);
  });

  test(
    "a path that the system refuses is told, and the others are watched",
    deadline,
    async (t) => {
      const wait = waiting(t);
      const folder = temporaryFolder();
      const errors: unknown[] = [];
      const watcher = createWatcher((error) => errors.push(error));
      t.after(() => watcher.close());
      const path = join(folder, "a.txt");
      writeFileSync(path, "");
      const reports: string[] = [];
      watcher.onDidChange((uri) => reports.push(uri));
      watcher.watch([
        pathToFileURL(join(folder, "x".repeat(5000), "b.txt")).href,
        pathToFileURL(path).href,
      ]);
      for (; reports.length === 0; await wait(110)) appendFileSync(path, ".");
      assert.ok(errors.length > 0);
    },
  );

  test(
    "nobody is told after they stopped listening or the watcher was closed",
    deadline,
    async (t) => {
      const { folder, watcher, reports, begins } = watched(t, ["a.txt"]);
      let told = 0;
      const stop = watcher.onDidChange(() => told++);
      await begins("a.txt");
      stop();
      await setTimeout(300);
      const before = [told, reports.length];
      appendFileSync(join(folder, "a.txt"), "x");
      await watcher.close();
      await setTimeout(300);
      assert.deepEqual([told, reports.length], before);
      await watcher.close();
    },
  );
});
