import { waitFor } from "../real-vscode/wait.ts";
import type { Workbench } from "../real-vscode/workbench.ts";

/** The text of a report that VS Code shows rendered, as soon as one holds these words. */
export async function shownReport(workbench: Workbench, words: string): Promise<string> {
  return waitFor(`a report with "${words}"`, async () => {
    for (const frame of workbench.page.frames()) {
      const text = await frame
        .locator("body")
        .innerText()
        .catch(() => "");
      if (text.includes(words)) return text;
    }
    return undefined;
  });
}
