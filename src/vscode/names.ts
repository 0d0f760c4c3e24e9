/** Ids that package.json declares. A test compares the two. */
export const viewId = "satchel.session";
export const participantId = "satchel.chat";
export const modelVendor = "satchel";

/** Scheme of the documents that say what a command found. */
export const reportScheme = "satchel-report";

/** Scheme of the documents that show an operation's events. */
export const operationScheme = "satchel-operations";

/** Context keys for `when` clauses. */
export const contextKeys: { readonly hasFiles: "satchel.hasFiles" } = {
  hasFiles: "satchel.hasFiles",
};

export const commandIds = [
  "satchel.addFiles",
  "satchel.removeFiles",
  "satchel.openFile",
  "satchel.showDigest",
  "satchel.pin",
  "satchel.unpin",
  "satchel.evict",
  "satchel.returnToContext",
  "satchel.upload",
  "satchel.showAdvice",
  "satchel.removeFromProvider",
  "satchel.downloadFile",
  "satchel.findDuplicates",
  "satchel.compareWithProvider",
  "satchel.cleanUpProvider",
  "satchel.setApiKey",
  "satchel.removeApiKey",
  "satchel.newSession",
  "satchel.renameSession",
  "satchel.switchSession",
  "satchel.deleteSession",
  "satchel.refresh",
  "satchel.showMore",
  "satchel.showPack",
  "satchel.showRequests",
  "satchel.showWhy",
  "satchel.verifyRequest",
  "satchel.showCost",
  "satchel.compactContext",
  "satchel.resetContext",
  "satchel.showOperations",
  "satchel.exportOperations",
  "satchel.hasFileContext",
  "satchel.getFileContext",
  "satchel.saveFileContext",
  "satchel.showFileContext",
  "satchel.showFileContextSummary",
  "satchel.importFileContext",
  "satchel.clearFileContext",
  "satchel.startPhase",
  "satchel.saveFinding",
  "satchel.showFindings",
  "satchel.removeFinding",
  "satchel.exportSession",
  "satchel.importSession",
  "satchel.restoreFromTrash",
  "satchel.emptyTrash",
  "satchel.expireNow",
  "satchel.verifyStore",
  "satchel.rebuildStore",
  "satchel.showLog",
] as const;

export type CommandId = (typeof commandIds)[number];
