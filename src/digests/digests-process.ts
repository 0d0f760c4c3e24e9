import { digest } from "./digest.ts";
import { serveDigests } from "./process/serve-digests.ts";

void serveDigests(digest);
