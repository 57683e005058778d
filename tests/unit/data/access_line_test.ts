import fc from "fast-check";
import assert from "node:assert/strict";
import type { RequestFacts, SessionFacts } from "../../../src/data/access_facts.ts";
import { writeAccessRecord } from "../../../src/data/access_line.ts";
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
  proxyAddr: null,
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

Deno.test("a proxy that told of the client stands behind it", () => {
  const record = JSON.parse(formatAccessRecord({ ...FACTS, proxyAddr: "10.0.0.9:9" }));
  assert.deepEqual(Object.keys(record).slice(3, 7), ["listener", "client_addr", "proxy_addr", "target"]);
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

const sometimes = <T>(...values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
const sessions: fc.Arbitrary<SessionFacts> = fc.record({
  ts: fc.constant(FACTS.ts),
  id: sometimes("0-1", "1-zz"),
  app: sometimes("web", 'a"b'),
  listener: sometimes(":80", ":81"),
  clientAddr: sometimes("127.0.0.1:1", "[::1]:65535"),
  proxyAddr: sometimes(null, "10.0.0.9:9"),
  target: sometimes(null, "10.0.0.1:80", "10.0.0.2:80"),
  attempts: sometimes(0, 1, 2),
  tried: sometimes<readonly string[]>([], ["10.0.0.3:80"], ["10.0.0.3:80", "ü:80"]),
  connectMs: sometimes(null, 1.5),
  firstByteMs: sometimes(null, 0),
  durationMs: sometimes(0, 12.25),
  bytesIn: sometimes(0, 70),
  bytesOut: sometimes(0, 2 ** 40),
  revision: sometimes(1, 2),
  pickedBy: sometimes("round_robin", "random"),
  closeReason: sometimes("done", "limit"),
});
const requests: fc.Arbitrary<RequestFacts> = fc.record({
  method: sometimes("", "GET", "X-OWN"),
  path: sometimes("", "/", "/\x80"),
  status: sometimes(0, 200, 503),
  endpoint: sometimes(null, 1, 2),
  dispatch: sometimes("sequential", "fanout"),
  replay: sometimes("kept", "none"),
  tls: fc.boolean(),
  answerError: sometimes(null, "bad_start"),
});

Deno.test("a record never holds a part of one before it", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(sessions, requests), { maxLength: 20 }), (ends) => {
      const out = new ByteSink();
      for (const [session, request] of ends) writeAccessRecord(out, session, request, null);
      const lines = new TextDecoder().decode(out.view()).split("\n").slice(0, -1);
      const read = lines.map((line) => JSON.parse(line));
      assert.deepEqual(read, ends.map(([session, request]) => recordOf(session, request)));
    }),
  );
});

/** The record, as the design lists its keys. */
function recordOf(session: SessionFacts, request: RequestFacts): Record<string, unknown> {
  return {
    ts: new Date(session.ts).toISOString(),
    id: session.id,
    app: session.app,
    listener: session.listener,
    client_addr: session.clientAddr,
    ...(session.proxyAddr === null ? {} : { proxy_addr: session.proxyAddr }),
    target: session.target,
    attempts: session.attempts,
    tried: session.tried,
    connect_ms: session.connectMs,
    first_byte_ms: session.firstByteMs,
    duration_ms: session.durationMs,
    bytes_in: session.bytesIn,
    bytes_out: session.bytesOut,
    revision: session.revision,
    picked_by: session.pickedBy,
    close_reason: session.closeReason,
    method: request.method,
    path: request.path,
    status: request.status,
    endpoint: request.endpoint,
    dispatch: request.dispatch,
    replay: request.replay,
    tls: request.tls,
    ...(request.answerError === null ? {} : { answer_error: request.answerError }),
  };
}
