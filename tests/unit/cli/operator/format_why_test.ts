import assert from "node:assert/strict";
import { formatWhy } from "../../../../src/cli/operator/format_why.ts";
import { type WhyView, whyView } from "../../../../src/control/admin/api/schemas/why.ts";

const PLAIN: WhyView = {
  id: "1-2",
  app: "web",
  client: "203.0.113.7:40000",
  listener: "0.0.0.0:80",
  thread: 1,
  revision: 7,
  started_at: "2026-01-02T03:04:05.678Z",
  open: false,
  picked_by: "round_robin",
  rule: null,
  candidates: [
    { target: "a:80", taken: true, passed_over: null },
    { target: "b:80", taken: false, passed_over: null },
  ],
  candidates_left_out: 0,
  attempts: [{
    target: "a:80",
    address: "10.0.0.1:80",
    at_ms: 0.1,
    ms: 2.25,
    result: "connected",
    error: null,
    call: null,
  }],
  first_byte_ms: 12.3,
  duration_ms: 1234.5,
  bytes_in: 1,
  bytes_out: 2,
  first_ended: "client",
  closed_by: "client",
  close_reason: "done",
};

function lines(changes: Partial<WhyView> = {}): string[] {
  return formatWhy(whyView.parse({ ...PLAIN, ...changes })).split("\n");
}

Deno.test("a plain session in five lines", () => {
  assert.deepEqual(lines(), [
    "1-2  app web, client 203.0.113.7:40000",
    "     +0.0 ms  2026-01-02T03:04:05.678Z on 0.0.0.0:80, data thread 1, revision 7",
    "              round_robin: all 2 targets were candidates",
    "     +0.1 ms  try a:80 at 10.0.0.1:80: connected after 2.3 ms",
    "    +12.3 ms  first byte of the target",
    "    +1235 ms  closed by the client: done; 1 bytes in, 2 bytes out",
    "",
  ]);
});

Deno.test("targets that were passed over are named by reason, of many the first", () => {
  const down = Array.from(
    { length: 7 },
    (_, i) => ({ target: `d${i}`, taken: false, passed_over: "down" as const }),
  );
  const full = { target: "f", taken: false, passed_over: "full" as const };
  const text = lines({
    candidates: [full, ...PLAIN.candidates, ...down],
    candidates_left_out: 5,
    rule: "eu",
    picked_by: "rules",
  });
  assert.deepEqual(text.slice(2, 5).map((line) => line.trim()), [
    "rules, rule eu: 7 of 15 targets were candidates",
    "passed over, down: d0, d1, d2, d3, d4 and 2 more",
    "passed over, full: f",
  ]);
});

Deno.test("attempts that came to nothing, hedges and open connections", () => {
  const attempt = PLAIN.attempts[0]!;
  const call = { hedge: true, reused: true, answer: "taken", status: 200, first_byte_ms: 9 } as const;
  const text = lines({
    request: { method: "GET", path: "/x" },
    status: 200,
    closed_by: null,
    first_ended: null,
    first_byte_ms: null,
    attempts: [
      { ...attempt, result: "failed", error: "ECONNREFUSED" },
      { ...attempt, result: "abandoned" },
      { ...attempt, call: { ...call, hedge: false, reused: false, answer: "not_terminal", status: 503 } },
      { ...attempt, address: "a:80", call },
    ],
  });
  assert.deepEqual(text.map((line) => line.trim()).filter((line) => !line.includes("candidates")), [
    "1-2  app web, client 203.0.113.7:40000: GET /x 200",
    "+0.0 ms  2026-01-02T03:04:05.678Z on 0.0.0.0:80, data thread 1, revision 7",
    "+0.1 ms  try a:80 at 10.0.0.1:80: failed after 2.3 ms: ECONNREFUSED",
    "+0.1 ms  try a:80 at 10.0.0.1:80: abandoned after 2.3 ms",
    "+0.1 ms  try a:80 at 10.0.0.1:80: connected after 2.3 ms",
    "+9.0 ms  its answer is not terminal: 503",
    "+0.1 ms  hedge to a:80, on an open connection",
    "+9.0 ms  its answer was taken: 200",
    "+1235 ms  ended: done; 1 bytes in, 2 bytes out",
    "",
  ]);
});

Deno.test("one that is open, and one that the proxy closed after the client's FIN", () => {
  const open = lines({ open: true, duration_ms: null, closed_by: null, close_reason: null });
  assert.equal(open.at(-2)?.trim(), "open; 1 bytes in, 2 bytes out so far");
  const idle = lines({ closed_by: "proxy", close_reason: "idle_timeout" });
  assert.equal(
    idle.at(-2)?.trim(),
    "+1235 ms  closed by the proxy: idle_timeout, the client had ended first; 1 bytes in, 2 bytes out",
  );
});
