import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { ProviderWith } from "../../src/core/ports/provider.ts";
import { createSupabase } from "../../src/providers/supabase.ts";
import { startSupabaseLite, type SupabaseLite } from "./servers/supabase-lite.ts";
import { upload } from "./supabase-request.ts";

const signal = new AbortController().signal;

describe("row-level security", () => {
  let server: SupabaseLite;
  before(async () => {
    server = await startSupabaseLite();
    await createSupabase({ baseUrl: server.url, key: server.secretKey, account: "" }).files.upload(
      upload("secret.csv", "made by the owner\n"),
      signal,
    );
  });
  after(() => server.stop());

  const connect = (key: string): ProviderWith<"files"> =>
    createSupabase({ baseUrl: server.url, key, account: "" });

  const allow = (name: string, command: string): Promise<unknown> => {
    const own = "owner_id = (select auth.uid()::text)";
    const using = command === "insert" ? `with check (${own})` : `using (${own})`;
    return server.sql(
      `create policy "${name}" on storage.objects for ${command} to authenticated ${using}`,
    );
  };

  it("shows nothing to a key that no policy allows anything, and says why it takes nothing", async () => {
    for (const key of [server.publishableKey, await server.signUp("nobody@example.com")]) {
      const provider = connect(key);
      assert.deepEqual(await provider.files.list(signal), []);
      await assert.rejects(provider.files.upload(upload("a.csv", "a\n"), signal), {
        code: "key-rejected",
        message:
          /does not let this API key do that \(new row violates row-level security policy.*check its permissions/,
      });
    }
  });

  it("says that a bucket is missing which the key may not create", async () => {
    const provider = connect(server.publishableKey);
    const request = { ...upload("a.png", "a"), purpose: "generated-files" };
    await assert.rejects(provider.files.upload(request, signal), {
      code: "provider-rejected",
      message:
        /has no bucket generated-files and this API key may not create it, so a\.png was not uploaded/,
    });
  });

  it("says that a stored file cannot be read back", async () => {
    await allow("users put files", "insert");
    const provider = connect(await server.signUp("writer@example.com"));
    await assert.rejects(provider.files.upload(upload("blind.csv", "a\n"), signal), {
      code: "upload-unfinished",
      message: /took blind\.csv, but this API key may not read the bucket user-files/,
    });
  });

  it("says that a file may not be deleted", async () => {
    await allow("users see their files", "select");
    const provider = connect(await server.signUp("reader@example.com"));
    const { id } = await provider.files.upload(upload("kept.csv", "a\n"), signal);
    await assert.rejects(provider.files.delete(id, signal), {
      code: "key-rejected",
      message: /does not let this API key delete files of the bucket user-files/,
    });
  });

  it("keeps two users apart, whose bytes may be equal", async () => {
    await allow("users delete their files", "delete");
    const [ann, bob] = await Promise.all(
      ["ann@example.com", "bob@example.com"].map(async (email) =>
        connect(await server.signUp(email)),
      ),
    );
    assert.ok(ann && bob);
    const [hers, his] = [
      await ann.files.upload(upload("same.csv", "same\n", "aaaaaa"), signal),
      await bob.files.upload(upload("same.csv", "same\n", "bbbbbb"), signal),
    ];
    assert.equal(hers.contentId, his.contentId);
    assert.deepEqual(await ann.files.list(signal), [hers]);
    assert.deepEqual(await bob.files.list(signal), [his]);
    assert.equal(await bob.files.get(hers.id, signal), undefined);
    await assert.rejects(bob.files.download?.(hers.id, signal) ?? assert.fail(), {
      code: "provider-file-gone",
    });
    await bob.files.delete(hers.id, signal);
    assert.deepEqual(await ann.files.get(hers.id, signal), hers);
    await ann.files.delete(hers.id, signal);
    assert.deepEqual(await ann.files.list(signal), []);
    assert.deepEqual(await bob.files.list(signal), [his]);
  });

  it("rejects a token that nobody signed", async () => {
    const provider = connect("eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoic2VydmljZV9yb2xlIn0.c2lnbmF0dXJl");
    await assert.rejects(provider.files.list(signal), {
      code: "key-rejected",
      message: /^Supabase Storage rejected the API key/,
    });
  });
});
