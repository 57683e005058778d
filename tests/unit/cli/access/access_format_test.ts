import assert from "node:assert/strict";
import { accessFormat } from "../../../../src/cli/access/access_format.ts";
import { type ConfigInput, configSchema } from "../../../../src/model/config.ts";
import { CapturedIo } from "../captured_io.ts";

const RECORD = `${
  JSON.stringify({
    ts: "2026-11-27T07:37:50.371Z",
    app: "web",
    client_addr: "127.0.0.1:55286",
    target: "127.0.0.1:7003",
    attempts: 1,
    tried: [],
    connect_ms: 1,
    first_byte_ms: 2,
    duration_ms: 3,
    bytes_in: 5,
    bytes_out: 21,
    close_reason: "done",
  })
}\n`;

/** How a record looks, null for JSON, with standard output and error as terminals or not. */
function shown(
  written: NonNullable<ConfigInput["access_log"]>,
  [stdout, stderr]: readonly [boolean, boolean],
  io = new CapturedIo(stdout, 60, stdout),
): string | null {
  const { access_log } = configSchema.parse({ apps: [], access_log: written });
  const [output] = access_log.to;
  assert.ok(output !== undefined);
  return accessFormat(output, access_log.format, io, { stdout, stderr })?.(RECORD) ?? null;
}

Deno.test("auto is pretty on the terminal that records go to, and JSON elsewhere", () => {
  assert.match(shown({}, [true, true]) ?? "", /web/);
  assert.equal(shown({}, [false, true]), null);
  assert.match(shown({ to: "stderr" }, [false, true]) ?? "", /web/);
  assert.equal(shown({ to: "stderr" }, [true, false]), null);
  assert.equal(shown({ to: "./access.log" }, [true, true]), null);
  assert.equal(shown({ format: "json" }, [true, true]), null);
});

Deno.test("pretty lines are cut and coloured in a terminal alone", () => {
  const inTerminal = shown({ format: "pretty" }, [true, true]) ?? "";
  assert.ok(inTerminal.includes("\x1b[") && inTerminal.includes("…"), inTerminal);
  const plainTerminal = shown({ format: "pretty" }, [true, true], new CapturedIo(true, 60)) ?? "";
  assert.ok(!plainTerminal.includes("\x1b"), plainTerminal);
  for (const to of ["stdout", "./access.log"]) {
    const text = shown({ format: "pretty", to }, [to !== "stdout", true]) ?? "";
    assert.equal(
      text,
      "07:37:50.371 web 127.0.0.1:55286 → 127.0.0.1:7003    done 3.00 ms ↑5 ↓21 " +
        "connect 1.00 ms, first byte 2.00 ms\n",
    );
  }
});

Deno.test("a terminal whose width changes is asked again", () => {
  const io = new CapturedIo(true, 80);
  const format = accessFormat({ type: "stdout" }, "auto", io, { stdout: true, stderr: true });
  assert.equal(format?.(RECORD).length, 80);
  Object.assign(io, { columns: 75 });
  assert.equal(format?.(RECORD).length, 75);
});

Deno.test("a place may have a form of its own, and a template is one", () => {
  assert.equal(
    shown({ format: "pretty", to: { type: "file", path: "./a", format: "json" } }, [true, true]),
    null,
  );
  assert.equal(shown({ format: '%h "%{app}" %O' }, [true, true]), '127.0.0.1 "web" 21\n');
  assert.equal(shown({ to: { type: "stdout", format: "%%" } }, [true, true]), "%\n");
});

Deno.test("for syslog a record is the text of a message, or its structured data", () => {
  const head = /^<30>1 2026-11-27T07:37:50\.371Z \S+ fproxy \d+ access /;
  const text = shown({ to: "syslog" }, [true, true]) ?? "";
  assert.match(text, head);
  assert.deepEqual(JSON.parse(text.replace(head, "").replace(/^- /, "")), JSON.parse(RECORD));
  assert.match(shown({ to: "syslog", format: "%h" }, [true, true]) ?? "", / access - 127\.0\.0\.1\n$/);
  const structured = { type: "syslog", structured_data: "fproxy@32473" } as const;
  assert.match(
    shown({ to: structured }, [true, true]) ?? "",
    / access \[fproxy@32473 ts="[^\]]+ app="web"[^\]]+\]\n$/,
  );
  assert.match(shown({ to: structured, format: "%h" }, [true, true]) ?? "", /\] 127\.0\.0\.1\n$/);
});
