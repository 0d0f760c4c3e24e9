import { commands, lm, type LanguageModelChat } from "vscode";
import { modelVendor } from "../names.ts";

/** The model that sends nothing: it keeps `@satchel` usable, and leads to the set-up, while no provider offers one. */
const previewId = "local/preview";

export function isPreview(model: LanguageModelChat): boolean {
  return model.vendor === modelVendor && model.id === previewId;
}

/**
 * The model to ask. VS Code keeps a chosen model after its provider has stopped offering it, so the one that sends nothing gives way to a
 * real one as soon as there is one. Any other choice of the user stands.
 */
export async function chooseModel(chosen: LanguageModelChat): Promise<LanguageModelChat> {
  if (!isPreview(chosen)) return chosen;
  const models = await lm.selectChatModels({ vendor: modelVendor });
  const real = models.find((model) => !isPreview(model));
  if (!real) return chosen;
  await showInPicker(real);
  return real;
}

async function showInPicker({ vendor, id, family }: LanguageModelChat): Promise<void> {
  try {
    await commands.executeCommand("workbench.action.chat.changeModel", { vendor, id, family });
  } catch {
    // The command is not documented. Without it the picker shows the old name; the answer is no worse.
  }
}
