/** What one file may take in a process that reads it. */
export interface Limits {
  /** Milliseconds for the digest of a file; what takes longer is killed. */
  readonly deadline: number;
  /** Milliseconds after which a process without work is ended. */
  readonly idle: number;
}

export const usualLimits: Limits = { deadline: 10_000, idle: 60_000 };

/** Processes that read files at the same time. */
export const mostProcesses = 2;

/** Milliseconds until a started process must be there. */
export const startTime = 30_000;

const megabyte = 0x100000;

/** Resident memory of a process, in bytes, beyond which it is killed. */
export const residentCap: number = 512 * megabyte;

/** Resident memory, in bytes, with which a process takes no other file: what it holds would count against that one. */
export const residentToRetire: number = 160 * megabyte;

/** Above the cap for all memory: that one comes first, and kills without a dump of the memory. */
export const heapMegabytes = 640;

/** Longest digest, in bytes of JSON. */
export const digestCap: number = megabyte;
