/** A ledger in memory that keeps what the port promises, and refuses what the store refuses. */
import assert from "node:assert/strict";
import type {
  RequestFacts,
  RequestLog,
  SentRequest,
} from "../../../../src/core/ports/request-log.ts";

interface Row {
  request: SentRequest;
  builtOnAt: number;
  forgotten: boolean;
}

export function createMemoryLedger(): RequestLog {
  const rows = new Map<string, Row>();
  const before = (id: string, isWhole: boolean): readonly Row[] => {
    const found: Row[] = [];
    for (let row = rows.get(id); row; row = rows.get(row.request.parentId ?? "")) {
      found.unshift(row);
      if (isWhole && row.request.keeps === 0) break;
    }
    return found;
  };
  return {
    async saveRequest(request) {
      const stored = stable(request);
      const parent = rows.get(request.parentId ?? "");
      requireSound(stored, parent?.request);
      assert.ok(!rows.has(request.id), "a request is stored once");
      rows.set(request.id, {
        request: stored,
        builtOnAt: request.createdAt,
        forgotten: false,
      });
      if (parent) parent.builtOnAt = Math.max(parent.builtOnAt, request.createdAt);
    },
    async saveAnswer(id, answer, usage) {
      const row = rows.get(id);
      if (!row || row.request.answered) return;
      row.request = { ...row.request, answer: stable(answer), usage, answered: true };
    },
    async chain(id) {
      const chain = before(id, true);
      if (chain.some(({ forgotten }) => forgotten)) return [];
      return chain.map(({ request }) => request);
    },
    conversation: async (id) => before(id, false).map(({ request }) => factsOf(request)),
    async requests(sessionId, limit) {
      const own = [...rows.values()].filter(({ request }) => request.sessionId === sessionId);
      return own
        .toReversed()
        .slice(0, limit)
        .map(({ request }) => factsOf(request));
    },
    async forgetTexts(lifetime) {
      const newest = Math.max(0, ...[...rows.values()].map(({ builtOnAt }) => builtOnAt));
      const time = newest - lifetime;
      const recent = [...rows.values()].filter(({ builtOnAt }) => builtOnAt >= time);
      const needed = new Set(recent.flatMap(({ request }) => before(request.id, true)));
      const doomed = [...rows.values()].filter((row) => !row.forgotten && !needed.has(row));
      for (const row of doomed) row.forgotten = true;
      return doomed.length;
    },
  };
}

/** Another object with the same data: what a database would give back. */
function stable<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

function requireSound(
  { keeps, added, parentId }: SentRequest,
  parent: SentRequest | undefined,
): void {
  assert.ok(parentId === undefined || parent, "a request has the parent that it names");
  const length = parent ? parent.keeps + parent.added.length + parent.answer.length : 0;
  assert.ok(keeps <= length, "a request repeats no more than there is");
  assert.ok(added.length > 0 && added.every(({ blocks }) => blocks.length > 0));
}

function factsOf(request: SentRequest): RequestFacts {
  const { added, answer, ...facts } = request;
  assert.ok(added.length > 0 && answer.length <= 1);
  return facts;
}
