import assert from "node:assert/strict";
import { stripVTControlCharacters } from "node:util";
import * as fc from "fast-check";
import { RecordLines } from "../../../../src/cli/access/record_lines.ts";
import { painter } from "../../../../src/cli/drawing/paint.ts";

const TCP = {
  ts: "2026-11-27T07:37:50.371Z",
  id: "1-2",
  app: "five-thousand",
  listener: "127.0.0.1:5001",
  client_addr: "127.0.0.1:55286",
  target: "127.0.0.1:7003",
  attempts: 1,
  tried: [] as string[],
  connect_ms: 0.485,
  first_byte_ms: 1.63,
  duration_ms: 3.297,
  bytes_in: 5,
  bytes_out: 21,
  revision: 1,
  picked_by: "round_robin",
  close_reason: "done",
};
const HTTP = {
  ...TCP,
  app: "mirrors",
  target: "http://127.0.0.1:7011/one",
  connect_ms: 0,
  duration_ms: 6.253,
  bytes_in: 59,
  bytes_out: 18_900,
  method: "GET",
  path: "/orders?of=today",
  status: 200,
  endpoint: 1,
  dispatch: "sequential",
  replay: "none",
  tls: false,
};
const RETRIED = { ...TCP, attempts: 2, tried: ["127.0.0.1:7001"] };
const FAILED = {
  ...TCP,
  target: null,
  attempts: 3,
  tried: ["127.0.0.1:7001", "127.0.0.1:7002"],
  connect_ms: null,
  first_byte_ms: null,
  bytes_in: 0,
  bytes_out: 0,
  duration_ms: 5001,
  close_reason: "connect_failed",
};

function format(records: readonly unknown[], columns: number, color = false): string[] {
  const text = new RecordLines(painter(color)).format(
    records.map((record) => `${JSON.stringify(record)}\n`).join(""),
    columns,
  );
  assert.ok(text.endsWith("\n"));
  return text.slice(0, -1).split("\n");
}

Deno.test("in 80 columns a record is one line, with what matters in front", () => {
  assert.deepEqual(format([TCP, RETRIED, HTTP, FAILED], 80), [
    "07:37:50 five-thousand 127.0.0.1:55286 → 127.0.0.1:7003        done 3.30 ms …",
    "07:37:50 five-thousand 127.0.0.1:55286 → 127.0.0.1:7003     ×2 done 3.30 ms …",
    "07:37:50 mirrors       127.0.0.1:55286 → 127.0.0.1:7011/one    200  6.25 ms …",
    "07:37:50 five-thousand 127.0.0.1:55286 → -                  ×3 connect_failed …",
  ]);
});

Deno.test("where there is room, all of it is there; uncut where the place has no width", () => {
  assert.deepEqual(format([RETRIED], 140), [
    "07:37:50.371 five-thousand 127.0.0.1:55286 → 127.0.0.1:7003 ×2 done 3.30 ms ↑5 ↓21 " +
    "tried 127.0.0.1:7001, connect 485 µs, first byte 1.63 ms",
  ]);
  const path = `/${"x".repeat(400)}`;
  assert.deepEqual(format([{ ...HTTP, path, app: "an app with a name that is long" }], Infinity), [
    "07:37:50.371 an app with a name that is long 127.0.0.1:55286 → 127.0.0.1:7011/one    200  6.25 ms " +
    `↑59 ↓18.5 KiB GET ${path} first byte 1.63 ms`,
  ]);
});

Deno.test("an HTTP request tells its status, and its reason where it was not simply done", () => {
  const records = [
    { ...HTTP, status: 502, close_reason: "target_abort", answer_error: "the head is too large" },
    { ...HTTP, status: 0, close_reason: "client_abort", target: null },
    { ...HTTP, method: "", path: "", status: 408, close_reason: "idle_timeout", target: null },
  ];
  const ends = format(records, Infinity).map((line) => line.split(" → ")[1]?.replace(/ +/g, " "));
  assert.deepEqual(ends, [
    "127.0.0.1:7011/one 502 target_abort 6.25 ms ↑59 ↓18.5 KiB GET /orders?of=today (the head is too large) first byte 1.63 ms",
    "- client_abort 6.25 ms ↑59 ↓18.5 KiB GET /orders?of=today first byte 1.63 ms",
    "- 408 idle_timeout 6.25 ms ↑59 ↓18.5 KiB first byte 1.63 ms",
  ]);
});

Deno.test("colours say how it went, and do not count as width", () => {
  const tones = [TCP, { ...HTTP, status: 404 }, FAILED, { ...HTTP, status: 503 }].map((record) => {
    const [line = ""] = format([record], 100, true);
    assert.equal(stripVTControlCharacters(line), format([record], 100)[0]);
    return [line.includes("\x1b[32m"), line.includes("\x1b[31m")];
  });
  assert.deepEqual(tones, [[true, false], [false, false], [false, true], [false, true]]);
});

Deno.test("columns stand below each other once the widest was seen, and long names give way", () => {
  const long = { ...TCP, app: "an-app-with-a-name-that-is-long", target: `${"t".repeat(60)}.example:80` };
  const lines = format([long, TCP, HTTP], 120);
  const arrows = lines.map((line) => line.indexOf("→"));
  assert.equal(new Set(arrows).size, 1, lines.join("\n"));
  assert.ok(lines.every((line) => /done|200/.test(line)), lines.join("\n"));
});

Deno.test("what a client wrote cannot play with the terminal, and no line is as wide as it", () => {
  const nasty = "/\x1b]0;title\x07\x1b[2J\r\n\x9b31m\u202e\u{1F600}";
  const [line = ""] = format([{ ...HTTP, path: nasty, answer_error: nasty }], Infinity);
  assert.ok(line.includes(String.raw`GET /\x1b]0;title\x07\x1b[2J\r\n\u{9B}31m\u{202E}\u{1F600} (`), line);
  fc.assert(fc.property(
    fc.string({ unit: "binary", maxLength: 60 }),
    fc.string({ unit: "binary", maxLength: 60 }),
    fc.integer({ min: 20, max: 200 }),
    (app, path, columns) => {
      for (const shown of format([{ ...HTTP, app, path }], columns)) {
        assert.ok([...shown].length < columns, shown);
        assert.doesNotMatch(shown, /[\p{C}\p{M}]/u);
      }
    },
  ));
});
