import { createSupabase } from "../../src/providers/supabase.ts";
import { describeProvider } from "./contract.ts";
import { startSupabaseLite } from "./servers/supabase-lite.ts";

describeProvider("supabase", async () => {
  const server = await startSupabaseLite();
  const { url: baseUrl, secretKey: key } = server;
  return {
    provider: createSupabase({ baseUrl, key, account: "0123456789abcdef" }),
    stored: async (id) => server.stored(id),
    hang: () => server.hang(),
    stop: () => server.stop(),
    traits: { equalBytes: "one" },
  };
});
