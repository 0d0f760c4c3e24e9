import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";

/** A server that answers every request in one bad way. */
export interface FaultyServer {
  /** Ends in `/v1`. */
  readonly url: string;
  /** The requests so far, oldest first. */
  readonly requests: readonly IncomingMessage[];
  stop(): Promise<void>;
}

/** How a server treats what it is sent. */
export interface Reading {
  /** Breaks the connection after so many bytes of a request. */
  readonly cutAfter?: number;
  /** Takes nothing but the head of a request, and never answers. */
  readonly readsNothing?: boolean;
}

/** Reads each request whole, then lets `answer` do what it will. Stops with the test at the latest. */
export async function startFaultyServer(
  test: TestContext,
  answer: (response: ServerResponse, message: IncomingMessage) => void,
  { cutAfter = Infinity, readsNothing = false }: Reading = {},
): Promise<FaultyServer> {
  const requests: IncomingMessage[] = [];
  const server = createServer((message, response) => {
    requests.push(message);
    if (readsNothing) return;
    let read = 0;
    message.on("data", (chunk: Buffer) => {
      read += chunk.length;
      if (read > cutAfter) message.destroy();
    });
    message.on("end", () => answer(response, message));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const stop = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  test.after(stop);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    requests,
    stop,
  };
}
