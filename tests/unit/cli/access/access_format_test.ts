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
  return accessFormat(access_log, io, { stdout, stderr })?.(RECORD) ?? null;
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
  const { access_log } = configSchema.parse({ apps: [] });
  const format = accessFormat(access_log, io, { stdout: true, stderr: true });
  assert.equal(format?.(RECORD).length, 80);
  Object.assign(io, { columns: 75 });
  assert.equal(format?.(RECORD).length, 75);
});
