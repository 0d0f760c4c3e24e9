/** Watches exactly the files it was told to. */
export interface Watcher {
  /** Replaces the set of watched `file:` URIs. Others are passed over. */
  watch(uris: readonly string[]): void;
  /** Calls the listener with the URI of a file whose bytes may have changed, or that came or went. Returns the way to stop. */
  onDidChange(listener: (uri: string) => void): () => void;
  close(): Promise<void>;
}
