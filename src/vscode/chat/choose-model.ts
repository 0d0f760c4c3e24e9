import { commands, lm, type LanguageModelChat } from "vscode";
import type { Connections } from "../connections.ts";
import { modelVendor } from "../names.ts";

/** The model that sends nothing: it keeps `@satchel` usable, and leads to the set-up, while no provider offers one. */
const previewId = "local/preview";

export function isPreview(model: LanguageModelChat): boolean {
  return model.vendor === modelVendor && model.id === previewId;
}

/** VS Code takes up to a second or two to learn of new models. */
const patience = 5_000;

/**
 * The model to ask. VS Code keeps a chosen model after its provider has stopped offering it, so the one that sends nothing gives way to a
 * real one as soon as there is one. Any other choice of the user stands.
 */
export async function chooseModel(
  chosen: LanguageModelChat,
  connections: Connections,
): Promise<LanguageModelChat> {
  if (!isPreview(chosen)) return chosen;
  const { models } = await connections.offer();
  if (!models.some(({ provider }) => provider.capabilities.answers)) return chosen;
  const real = (await findReal()) ?? (await newsOfModels().then(findReal));
  if (!real) return chosen;
  await showInPicker(real);
  return real;
}

async function findReal(): Promise<LanguageModelChat | undefined> {
  const models = await lm.selectChatModels({ vendor: modelVendor });
  return models.find((model) => !isPreview(model));
}

/** Resolves when VS Code says that its models have changed, or when waiting longer would look like a hang. */
async function newsOfModels(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const subscription = lm.onDidChangeChatModels(() => resolve());
  const timer = setTimeout(resolve, patience);
  await promise;
  clearTimeout(timer);
  subscription.dispose();
}

async function showInPicker({ vendor, id, family }: LanguageModelChat): Promise<void> {
  try {
    await commands.executeCommand("workbench.action.chat.changeModel", { vendor, id, family });
  } catch {
    // The command is not documented. Without it the picker shows the old name; the answer is no worse.
  }
}
