import { setTimeout as sleep } from "node:timers/promises";
import { createGemini } from "../../src/providers/gemini.ts";
import { describeProvider } from "./contract.ts";
import { startGeminiServer } from "./servers/gemini.ts";

describeProvider("gemini", async () => {
  const server = await startGeminiServer({ pace: 5 });
  return {
    provider: createGemini({ baseUrl: server.url, account: "" }),
    stored: async (id) => server.files.find(({ name }) => name === id)?.bytes,
    hang: () => server.fail("hang"),
    sawAbandoned: async () => {
      await sleep(400);
      return server.requests.at(-1)?.finished === false;
    },
    stop: () => server.stop(),
    traits: { equalBytes: "one" },
  };
});
