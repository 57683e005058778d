import assert from "node:assert/strict";
import { seededRandom } from "../../../../src/base/random.ts";
import type { RecordBuffer } from "../../../../src/data/record_buffer.ts";
import { Tracer } from "../../../../src/data/tracing/tracer.ts";
import { parseTraceParent, type TraceParent } from "../../../../src/data/tracing/trace_parent.ts";
import { Board } from "../../../../src/model/board.ts";
import { readTraceSampling, writeTraceSampling } from "../../../../src/model/tracing.ts";

const ROUNDS = 20_000;
/** Nothing is recorded in these tests. */
const NO_RECORDS = {} as RecordBuffer;

function tracer(share: number, followsParent = true): Tracer {
  return new Tracer({ share, followsParent }, seededRandom(7), NO_RECORDS);
}

function parent(flags: string, traceId = "0af7651916cd43dd8448eb211c80319c"): TraceParent | null {
  return parseTraceParent(`00-${traceId}-b7ad6b7169203331-${flags}`);
}

Deno.test("sampling passes over the board as it is", () => {
  const { words } = Board.allocate();
  assert.equal(readTraceSampling(words), null);
  for (const share of [0, 0.25, 0.5, 1]) {
    for (const followsParent of [true, false]) {
      writeTraceSampling(words, { share, followsParent });
      assert.deepEqual(readTraceSampling(words), { share, followsParent });
    }
  }
});

Deno.test("the wanted share of sessions and of requests is sampled", () => {
  for (const share of [0, 0.1, 0.5, 1]) {
    const one = tracer(share);
    let sessions = 0;
    let requests = 0;
    for (let n = 0; n < ROUNDS; n++) {
      if (one.session() !== null) sessions++;
      if (one.request(null).isSampled) requests++;
    }
    for (const count of [sessions, requests]) {
      const error = Math.abs(count / ROUNDS - share);
      assert.ok(error <= (share % 1 === 0 ? 0 : 0.015), `${count} of ${ROUNDS} for ${share}`);
    }
  }
});

Deno.test("a sampled flag is obeyed, whatever the share", () => {
  assert.equal(tracer(0).request(parent("01")).isSampled, true);
  assert.equal(tracer(1).request(parent("00")).isSampled, false);
});

Deno.test("who does not follow parents decides by the trace id, the same everywhere", () => {
  const low = parent("00", `${"a".repeat(16)}3fffffff${"a".repeat(8)}`);
  const high = parent("01", `${"a".repeat(16)}40000001${"a".repeat(8)}`);
  assert.equal(tracer(0.25, false).request(low).isSampled, true);
  assert.equal(tracer(0.25, false).request(high).isSampled, false);
});

Deno.test("ids are well formed and new; a trace goes on under its id", () => {
  const one = tracer(1);
  const root = one.request(null);
  assert.match(root.traceId, /^[0-9a-f]{32}$/);
  assert.match(root.spanId, /^[0-9a-f]{16}$/);
  assert.notEqual(one.request(null).traceId, root.traceId);
  const next = one.request(parent("03"));
  assert.equal(next.traceId, "0af7651916cd43dd8448eb211c80319c");
  const attempts = [next.attempt("a", 0), next.attempt("b", 1)];
  assert.equal(new Set([next.spanId, ...attempts.map(({ spanId }) => spanId)]).size, 3);
  assert.equal(attempts[0]?.traceParent, `00-${next.traceId}-${attempts[0]?.spanId}-03`);
});
