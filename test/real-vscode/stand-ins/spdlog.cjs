/**
 * Stands in for the native module that writes VS Code's log files: same interface, plain appending, no rotation.
 * Without it no log reaches the disk and output channels of extensions stay empty.
 */
const { appendFileSync, mkdirSync } = require("node:fs");
const { dirname } = require("node:path");

const levels = ["trace", "debug", "info", "warning", "error", "critical"];

class Logger {
  #file;
  #level = levels.indexOf("info");
  #isRaw = false;

  constructor(_type, _name, file) {
    mkdirSync(dirname(file), { recursive: true });
    this.#file = file;
    for (const [level, name] of levels.entries()) {
      this[name === "warning" ? "warn" : name] = (message) => this.#write(level, message);
    }
  }

  getLevel() {
    return this.#level;
  }

  setLevel(level) {
    this.#level = level;
  }

  clearFormatters() {
    this.#isRaw = true;
  }

  setPattern() {}
  flush() {}
  drop() {}

  /** In the one pattern that VS Code sets: `2026-01-31 23:59:59.000 [info] message`. */
  #write(level, message) {
    if (level < this.#level) return;
    const time = new Date().toISOString().replace("T", " ").slice(0, -1);
    appendFileSync(this.#file, this.#isRaw ? message : `${time} [${levels[level]}] ${message}\n`);
  }
}

async function createLogger(name, file) {
  return new Logger("", name, file);
}

module.exports = {
  Logger,
  createRotatingLogger: createLogger,
  createAsyncRotatingLogger: createLogger,
  setFlushOn() {},
  setLevel() {},
};
