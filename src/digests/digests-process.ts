import { digest } from "./digest.ts";
import { serveDigests } from "./serve-digests.ts";

void serveDigests(digest);
