import fc from "fast-check";
import assert from "node:assert/strict";
import { type SessionFacts, writeAccessRecord } from "../../../src/data/access_line.ts";
import { ByteSink } from "../../../src/data/byte_sink.ts";
import { CLOSE_REASONS } from "../../../src/model/close_reason.ts";

function formatAccessRecord(facts: SessionFacts): string {
  const out = new ByteSink();
  writeAccessRecord(out, facts, null, null);
  return new TextDecoder().decode(out.view());
}

/** In this order, as the design lists them. */
const KEYS = [
  "ts",
  "id",
  "app",
  "listener",
  "client_addr",
  "target",
  "attempts",
  "tried",
  "connect_ms",
  "first_byte_ms",
  "duration_ms",
  "bytes_in",
  "bytes_out",
  "revision",
  "picked_by",
  "close_reason",
];

const FACTS: SessionFacts = {
  ts: Date.parse("2026-11-21T08:09:10.011Z"),
  id: "0-1a",
  app: "web",
  listener: "[::]:5001",
  clientAddr: "[2001:db8::7]:40000",
  target: "example.org:80",
  attempts: 2,
  tried: ["10.0.0.1:80"],
  connectMs: 1.23456,
  firstByteMs: 0.1 + 0.2,
  durationMs: 60_000,
  bytesIn: 0,
  bytesOut: 2 ** 40,
  revision: 12,
  pickedBy: "round_robin",
  closeReason: "done",
};

Deno.test("a record is one line of JSON with the keys of the design, in their order", () => {
  const line = formatAccessRecord(FACTS);
  assert.equal(line.indexOf("\n"), line.length - 1);
  assert.deepEqual(Object.keys(JSON.parse(line)), KEYS);
  assert.equal(
    line,
    '{"ts":"2026-11-21T08:09:10.011Z","id":"0-1a","app":"web","listener":"[::]:5001",' +
      '"client_addr":"[2001:db8::7]:40000","target":"example.org:80","attempts":2,"tried":["10.0.0.1:80"],' +
      '"connect_ms":1.235,"first_byte_ms":0.3,"duration_ms":60000,"bytes_in":0,"bytes_out":1099511627776,' +
      '"revision":12,"picked_by":"round_robin","close_reason":"done"}\n',
  );
});

Deno.test("what did not happen is null", () => {
  const line = formatAccessRecord({ ...FACTS, target: null, connectMs: null, firstByteMs: null, tried: [] });
  const { target, tried, connect_ms, first_byte_ms } = JSON.parse(line);
  assert.deepEqual({ target, tried, connect_ms, first_byte_ms }, {
    target: null,
    tried: [],
    connect_ms: null,
    first_byte_ms: null,
  });
});

Deno.test("app names with quotes and any letters stay valid, also where the listener's key holds them", () => {
  fc.assert(fc.property(fc.string({ unit: "grapheme" }), (name) => {
    const listener = `127.0.0.1:0#${name}.0`;
    const record = JSON.parse(formatAccessRecord({ ...FACTS, app: name, listener }));
    assert.deepEqual([record.app, record.listener], [name, listener]);
  }));
});

Deno.test("times are those of Date, whatever the order of records", () => {
  fc.assert(
    fc.property(fc.date({ min: new Date(0), max: new Date("9999-12-31"), noInvalidDate: true }), (date) => {
      assert.equal(JSON.parse(formatAccessRecord({ ...FACTS, ts: date.getTime() })).ts, date.toISOString());
    }),
  );
});

Deno.test("every reason and number reads back", () => {
  const ms = fc.double({ min: 0, max: 1e9, noNaN: true });
  fc.assert(
    fc.property(ms, fc.nat(), fc.constantFrom(...CLOSE_REASONS), (durationMs, bytesIn, closeReason) => {
      const record = JSON.parse(formatAccessRecord({ ...FACTS, durationMs, bytesIn, closeReason }));
      assert.ok(Math.abs(record.duration_ms - durationMs) <= 0.000501, `${durationMs}`);
      assert.deepEqual([record.bytes_in, record.close_reason], [bytesIn, closeReason]);
    }),
  );
});

Deno.test("a request's keys follow those of a session; its path is escaped, and cut where it is long", () => {
  const request = {
    method: "GET",
    status: 204,
    endpoint: null,
    dispatch: "fanout",
    replay: "none",
    tls: true,
  } as const;
  for (const path of ["/", '/?q="a\\b"', `/${"x".repeat(1023)}`]) {
    const out = new ByteSink();
    for (const shown of [path, `${path}${"y".repeat(2_000)}`]) {
      writeAccessRecord(out, FACTS, { ...request, path: shown, answerError: null }, null);
    }
    const [first, second, rest] = new TextDecoder().decode(out.view()).split("\n");
    assert.deepEqual(JSON.parse(first!), { ...JSON.parse(formatAccessRecord(FACTS)), ...request, path });
    assert.equal(JSON.parse(second!).path, `${path}${"y".repeat(2_000)}`.slice(0, 1024));
    assert.equal(rest, "");
  }
  const out = new ByteSink();
  writeAccessRecord(out, FACTS, { ...request, path: "/", answerError: "too_many_fields" }, null);
  const { answer_error, tls } = JSON.parse(new TextDecoder().decode(out.view()));
  assert.deepEqual([answer_error, tls], ["too_many_fields", true]);
});
