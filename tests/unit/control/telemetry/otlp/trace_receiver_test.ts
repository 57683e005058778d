import assert from "node:assert/strict";
import { TRACE_CHECK_MS } from "../../../../../src/base/limits.ts";
import type { Span } from "../../../../../src/control/telemetry/otlp/span.ts";
import { TraceReceiver } from "../../../../../src/control/telemetry/otlp/trace_receiver.ts";
import { Board } from "../../../../../src/model/board.ts";
import { TraceCredit } from "../../../../../src/model/trace_credit.ts";
import { FakeClock } from "../../../../kit/fake_clock.ts";

const RECORD = JSON.stringify({
  ts: "2026-01-02T03:04:05.678Z",
  client_addr: "127.0.0.1:1",
  trace: {
    trace_id: "a",
    span_id: "b",
    parent_span_id: null,
    flags: 1,
    local_addr: "127.0.0.1:2",
    attempts: [],
  },
});

class Fixture {
  readonly clock = new FakeClock();
  readonly words = Board.allocate().words;
  readonly credit = new TraceCredit(this.words);
  readonly spans: Span[] = [];
  lost = 0;
  readonly receiver = new TraceReceiver(this.words, this.clock, {
    push: (spans) => void this.spans.push(...spans),
    lost: (count) => void (this.lost += count),
  });

  /** A data thread sends records. */
  send(text: string, thread = 0): void {
    const lines = new TextEncoder().encode(text);
    this.credit.take(lines.length);
    this.receiver.receive(lines, thread);
  }
}

Deno.test("records become spans, and their bytes are given back", () => {
  const fixture = new Fixture();
  fixture.send(`${RECORD}\n${RECORD}\n`);
  assert.deepEqual([fixture.spans.length, fixture.credit.waiting], [2, 0]);
});

Deno.test("what a dead thread had sent and nobody received is forgotten", () => {
  const fixture = new Fixture();
  fixture.send(`${RECORD}\n`, 1);
  fixture.credit.take(1_000);
  fixture.receiver.threadGone(1, RECORD.length + 1 + 1_000);
  assert.equal(fixture.credit.waiting, 0);
});

Deno.test("what data threads drop is counted once, also at the end", () => {
  const fixture = new Fixture();
  fixture.receiver.start();
  fixture.credit.drop(3);
  fixture.clock.advance(2 * TRACE_CHECK_MS);
  assert.equal(fixture.lost, 3);
  fixture.credit.drop(2);
  fixture.receiver.close();
  assert.deepEqual([fixture.lost, fixture.clock.pendingTimers], [5, 0]);
});
