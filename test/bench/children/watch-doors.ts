import childProcess from "node:child_process";
import dns from "node:dns";
import fs from "node:fs";
import net from "node:net";
import workerThreads from "node:worker_threads";

/** Counts what leaves the process from now on: files, connections, programs and threads. */
export interface Doors {
  /** What was called since the last time that this was asked, for example `fs.readFileSync /a/b`. */
  taken(): readonly string[];
}

type Members = Record<string, unknown>;

/** Where the functions are; all of a module's, unless only some are named. */
const watched: readonly { module: object; name: string; only?: readonly string[] }[] = [
  { module: fs, name: "fs" },
  { module: fs.promises, name: "fs.promises" },
  { module: childProcess, name: "child_process" },
  { module: dns, name: "dns" },
  { module: dns.promises, name: "dns.promises" },
  { module: net.Socket.prototype, name: "socket", only: ["connect"] },
  { module: net.Server.prototype, name: "server", only: ["listen"] },
  { module: globalThis, name: "global", only: ["fetch"] },
  { module: workerThreads, name: "worker_threads", only: ["Worker"] },
];

/** Puts a counter in front of each function by which code can reach the disk, the network, a program or a thread. They work as before. */
export function watchDoors(): Doors {
  let calls: string[] = [];
  const note = (name: string, args: readonly unknown[]): void => {
    const [first] = args;
    calls.push(typeof first === "string" ? `${name} ${first}` : name);
  };
  for (const { module, name, only } of watched) {
    const members = module as Members;
    for (const key of only ?? Object.keys(members).filter((each) => /^[a-z]/u.test(each))) {
      watch(members, key, (args) => note(`${name}.${key}`, args));
    }
  }
  return {
    taken() {
      const taken = calls;
      calls = [];
      return taken;
    },
  };
}

function watch(members: Members, key: string, note: (args: readonly unknown[]) => void): void {
  const member = members[key];
  if (typeof member !== "function") return;
  const noted = new Proxy(member as new (...args: unknown[]) => object, {
    apply(target, self, args: unknown[]) {
      note(args);
      return Reflect.apply(target, self, args) as unknown;
    },
    construct(target, args: unknown[], newTarget: new () => unknown) {
      note(args);
      return Reflect.construct(target, args, newTarget);
    },
  });
  Object.defineProperty(members, key, { value: noted, configurable: true, writable: true });
}
