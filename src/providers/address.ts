/** The parsed base URL; undefined if it is not an http or https address. */
export function addressOf(baseUrl: string): URL | undefined {
  const url = URL.parse(baseUrl);
  return url?.protocol === "https:" || url?.protocol === "http:" ? url : undefined;
}

/** True if the server is on this machine by its very address, so that no request can leave it. */
export function isOnThisMachine(baseUrl: string): boolean {
  const host = addressOf(baseUrl)?.hostname;
  // URL has normalised every spelling of an IPv4 address (`127.1`, `0x7f000001`) to four numbers.
  return host === "localhost" || host === "[::1]" || /^127(\.\d+){3}$/.test(host ?? "");
}

/** A base URL for people: without user name, password and query, which may hold secrets. */
export function shownAddress(baseUrl: string): string {
  const url = addressOf(baseUrl);
  return url === undefined ? "that address" : `${url.origin}${url.pathname.replace(/\/$/, "")}`;
}
