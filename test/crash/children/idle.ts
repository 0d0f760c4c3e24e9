import { once } from "node:events";
import { monitorEventLoopDelay } from "node:perf_hooks";

// Does nothing, and tells how late its event loop was meanwhile: what the machine itself takes, whoever runs on it.
const delay = monitorEventLoopDelay({ resolution: 10 });
delay.enable();
process.send?.("ready");
await once(process, "message");
process.send?.({ p99: delay.percentile(99) / 1e6, max: delay.max / 1e6 });
process.disconnect();
