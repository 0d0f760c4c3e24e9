/** Stands in for the native module that ends the extension host when the process that started it is gone. */
const intervalMs = 2_000;

function exitWhenGone(pid) {
  try {
    process.kill(pid, 0);
  } catch {
    process.exit(0);
  }
}

module.exports = {
  start: (pid) => setInterval(exitWhenGone, intervalMs, pid).unref(),
  exit: (code = 0) => process.exit(code),
};
