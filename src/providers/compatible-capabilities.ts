import type {
  Capabilities,
  ChatCapabilities,
  FileCapabilities,
} from "../core/ports/capabilities.ts";
import { addressOf } from "./address.ts";
import { chatCompletionsCapabilities, openAiCapabilities } from "./openai-capabilities.ts";

type FilesAndChat = Capabilities & {
  readonly files: FileCapabilities;
  readonly chat: ChatCapabilities;
};

/**
 * What may be hoped for of a server that speaks OpenAI's protocol. Most store no files, but that is not known before they are asked: the files are declared, and
 * the first upload to a server without them ends in a sentence that says so.
 */
export const compatibleCapabilities: FilesAndChat = {
  ...chatCompletionsCapabilities,
  files: { ...chatCompletionsCapabilities.files, listScope: "the account at the server" },
};

/** What Azure OpenAI does in its own way: https://learn.microsoft.com/en-us/azure/foundry/reference/rest/files-create-file */
const azureCapabilities: FilesAndChat = {
  ...compatibleCapabilities,
  files: {
    ...openAiCapabilities.files,
    // `user_data` is documented as not supported.
    purposes: chatCompletionsCapabilities.files.purposes.map(
      ({ mediaTypes, maxBytes, chatUse }) => ({
        name: "assistants",
        mediaTypes,
        maxBytes,
        chatUse,
      }),
    ),
    quota: {},
    listScope: "the Azure resource",
  },
};

/** True for the servers of Azure OpenAI. */
export function isAzure(baseUrl: string): boolean {
  const host = addressOf(baseUrl)?.hostname ?? "";
  return /\.(?:openai|cognitiveservices)\.azure\.com$/.test(host);
}

/** What can be hoped for of the server at this address. */
export function capabilitiesAt(baseUrl: string): FilesAndChat {
  return isAzure(baseUrl) ? azureCapabilities : compatibleCapabilities;
}
