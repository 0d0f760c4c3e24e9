import { workerData } from "node:worker_threads";
import { serve } from "../threads/serve.ts";
import { createRegistryMethods } from "./registry-methods.ts";

const send: (event: unknown) => void = serve(
  createRegistryMethods(String(workerData), () => send("changed")),
);
