/**
 * Preloaded into the first process of a group: ends the whole group once the process that started it is gone, even if that was killed.
 * Processes that inherit the preload are left alone, for their standard input is not the owner's.
 */
if (process.ppid === Number(process.env.GROUP_OWNER)) {
  process.stdin.once("end", () => process.kill(0, "SIGKILL"));
  process.stdin.resume().unref();
}
