import assert from "node:assert/strict";
import { Board } from "../../../../src/model/board.ts";
import { TraceCredit } from "../../../../src/model/trace_credit.ts";
import { writeTraceSampling } from "../../../../src/model/tracing.ts";
import { type AccessRecord, FakeThread } from "../../../kit/fake_thread.ts";
import { app, target } from "../../../kit/snapshots.ts";

/** A thread that traces this share of its sessions. */
function thread(share: number | null): FakeThread {
  const board = Board.allocate();
  if (share !== null) writeTraceSampling(board.words, { share, followsParent: true });
  const fake = new FakeThread({ board });
  fake.apply([app({ targets: [target(1, { key: "one" }), target(2, { key: "two" })] })]);
  return fake;
}

/** The trace records so far; moves time on by as much as they wait. */
function traced(fake: FakeThread): AccessRecord[] {
  fake.clock.advance(100);
  const text = fake.reported("traces").map(({ lines }) => new TextDecoder().decode(lines)).join("");
  return text.split("\n").slice(0, -1).map((line) => JSON.parse(line));
}

Deno.test("a session that is traced leaves a record with its attempts", () => {
  const fake = thread(1);
  fake.client();
  fake.clock.advance(5);
  fake.engine.attempt.fail("refused");
  fake.clock.advance(2);
  fake.engine.attempt.open();
  fake.clock.advance(10);
  fake.engine.relayed.finish("done");
  const [access] = fake.records();
  const [{ trace, ...record }] = traced(fake) as [
    Record<string, unknown> & { trace: Record<string, unknown> },
  ];
  const { trace_id, span_id, attempts } = trace;
  assert.deepEqual(access, { ...record, trace_id, span_id });
  assert.match(String(trace_id), /^[0-9a-f]{32}$/);
  const shown = (attempts as Record<string, unknown>[]).map(({ span_id: _, ...attempt }) => attempt);
  assert.deepEqual(
    shown.map((
      { target: key, start_ms, duration_ms, error, status },
    ) => [key, start_ms, duration_ms, error, status]),
    [["one", 0, 5, "refused", 0], ["two", 5, 2, null, 0]],
  );
});

Deno.test("a session that ends while it connects tells why its attempt did", () => {
  const fake = thread(1);
  const client = fake.client();
  fake.clock.advance(5);
  assert.ok(client !== undefined);
  fake.clock.advance(60_000);
  const [record] = traced(fake) as {
    close_reason: string;
    trace: { attempts: { error: string | null }[] };
  }[];
  assert.equal(record?.close_reason, "connect_failed");
  assert.ok(record.trace.attempts.every(({ error }) => error !== null));
});

Deno.test("without the word on the board, and with a share of 0, there are no records, nor ids", () => {
  for (const share of [null, 0]) {
    const fake = thread(share);
    fake.relayed();
    fake.engine.relayed.finish("done");
    const [record] = fake.records();
    assert.deepEqual([fake.reported("traces"), record?.trace_id], [[], undefined]);
  }
});

Deno.test("while too many records are under way more are dropped and counted", () => {
  const fake = thread(1);
  const credit = new TraceCredit(fake.board.words);
  assert.ok(credit.take(8 * 1024 * 1024));
  fake.relayed();
  fake.engine.relayed.finish("done");
  assert.deepEqual([traced(fake), credit.dropped], [[], 1]);
});
