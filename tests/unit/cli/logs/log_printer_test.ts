import assert from "node:assert/strict";
import { LogPrinter } from "../../../../src/cli/logs/log_printer.ts";
import { CapturedIo } from "../captured_io.ts";

const ENTRY = {
  ts: "2026-11-21T08:09:10.011Z",
  level: "warn",
  event: "target_down",
  message: "target is down",
  app: "web",
  reason: "it said \x1b[31mno\x07",
};
const RECORD = {
  ts: "2026-11-21T08:09:10.011Z",
  app: "web",
  client_addr: "10.0.0.9:1",
  target: "10.0.0.1:80",
  attempts: 1,
  tried: [],
  connect_ms: 1,
  first_byte_ms: null,
  duration_ms: 3,
  bytes_in: 1,
  bytes_out: 2,
  close_reason: "done",
};

function printed(event: string, data: unknown, isJson: boolean): CapturedIo {
  const io = new CapturedIo(true, 200);
  new LogPrinter(io, isJson).print({ id: "", event, data: JSON.stringify(data) });
  return io;
}

Deno.test("for people an event is the log's line, and its text cannot play with the terminal", () => {
  assert.equal(
    printed("event", ENTRY, false).out,
    '08:09:10.011 warn  target is down app=web reason="it said \\u001b[31mno\\u0007"\n',
  );
  const raw = printed("event", { ...ENTRY, reason: "\x1b[31m\u{202e}", message: "\x9b2J" }, false).out;
  assert.equal(raw, "08:09:10.011 warn  \\u{9B}2J app=web reason=\\x1b[31m\\u{202E}\n");
});

Deno.test("records are lines of the access log; for programs both are JSON as they came", () => {
  assert.match(printed("access", RECORD, false).out, /^08:09:10.011 web 10.0.0.9:1 → 10.0.0.1:80 .*done/);
  assert.equal(printed("access", RECORD, true).out, `${JSON.stringify(RECORD)}\n`);
  assert.equal(printed("event", ENTRY, true).out, `${JSON.stringify(ENTRY)}\n`);
});

Deno.test("what is missing goes to standard error", () => {
  const dropped = printed("dropped", { count: 3 }, true);
  assert.deepEqual([dropped.out, dropped.err], ["", "logs: 3 entries are missing here\n"]);
  assert.equal(printed("restarted", {}, false).err, "logs: the proxy was started anew\n");
});
