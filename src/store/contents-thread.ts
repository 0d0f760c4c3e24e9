import { workerData } from "node:worker_threads";
import { serve } from "../threads/serve.ts";
import { createContentsMethods } from "./contents-methods.ts";

serve(createContentsMethods(String(workerData)));
