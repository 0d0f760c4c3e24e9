/** Ids that package.json declares. A test compares the two. */
export const viewId = "satchel.session";
export const participantId = "satchel.chat";
export const modelVendor = "satchel";

/** Context keys for `when` clauses. */
export const contextKeys: { readonly hasFiles: "satchel.hasFiles" } = {
  hasFiles: "satchel.hasFiles",
};

export const commandIds = [
  "satchel.addFiles",
  "satchel.removeFiles",
  "satchel.openFile",
  "satchel.pin",
  "satchel.unpin",
  "satchel.evict",
  "satchel.returnToContext",
  "satchel.upload",
  "satchel.removeFromProvider",
  "satchel.findDuplicates",
  "satchel.setApiKey",
  "satchel.removeApiKey",
  "satchel.newSession",
  "satchel.renameSession",
  "satchel.switchSession",
  "satchel.deleteSession",
  "satchel.refresh",
  "satchel.showPack",
  "satchel.showLog",
] as const;

export type CommandId = (typeof commandIds)[number];
