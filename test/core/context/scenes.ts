import type { PresentFile } from "../../../src/core/context/gather.ts";
import type { Scene } from "../../../src/core/context/scene.ts";
import type { SessionFile } from "../../../src/core/session/session.ts";
import { contentOf, idOf } from "../../store/samples.ts";

interface Change {
  readonly file?: Partial<SessionFile>;
  readonly tokens?: number;
  readonly native?: PresentFile["native"];
}

/** A session file `<id>.ts` as it is now. */
export function presentFile(id: string, text: string, change: Change = {}): PresentFile {
  const { file, tokens = 100, native } = change;
  const content = contentOf(text, { tokens });
  return {
    view: {
      file: {
        id,
        sessionId: "s",
        uri: `file:///work/${id}.ts`,
        role: "file",
        pinned: false,
        evicted: false,
        contentId: idOf(text),
        disk: "fresh",
        context: "out",
        position: 0,
        ...file,
      },
      content,
      providerFiles: [],
    },
    path: `${id}.ts`,
    tokens,
    ...(native ? { native } : { text: async () => text }),
  };
}

/** What there is to compose from when these files are there, and nothing was asked of any of them. */
export function sceneOf(files: readonly PresentFile[], change: Partial<Scene> = {}): Scene {
  return {
    fence: "777",
    present: new Map(files.map((file) => [file.view.file.id, file])),
    away: new Map(),
    digests: new Map(),
    resting: new Map(),
    uses: new Set(),
    excerpts: new Map(),
    worth: new Map(),
    diffs: { largestShare: 0.5, inARow: 8 },
    newestFirst: false,
    ...change,
  };
}
