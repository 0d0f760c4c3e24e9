import type { Capabilities, FileCapabilities } from "../core/ports/capabilities.ts";

/** What a standard upload takes. The project's plan may allow less, and tells so only when it refuses: 50 MB on the free one. */
// https://supabase.com/docs/guides/storage/uploads/file-limits
const maxBytes = 5_000_000_000;

/** What Supabase Storage can do: it stores files, and has no models. */
export const supabaseCapabilities: Capabilities & { readonly files: FileCapabilities } = {
  files: {
    // Two buckets. The second one takes what a chat makes: nothing is put there but by its name, because the first one takes every file.
    purposes: [
      { name: "user-files", mediaTypes: ["*"], maxBytes, chatUse: "none" },
      { name: "generated-files", mediaTypes: ["*"], maxBytes, chatUse: "none" },
    ],
    // As many bytes as the plan has, 1 GB on the free one: https://supabase.com/docs/guides/storage/pricing
    quota: {},
    downloads: true,
    // A list is read from the database that an upload has committed to; what is still under way when a request is given up comes later.
    listLag: 2_000,
    uploadsAtOnce: 4,
    listScope: "two buckets of the project, as far as its policies let the key see them",
  },
  answers: false,
};
