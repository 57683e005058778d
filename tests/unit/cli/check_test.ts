import assert from "node:assert/strict";
import { check } from "../../../src/cli/check.ts";
import type { Io } from "../../../src/cli/io.ts";
import { schema } from "../../../src/cli/schema.ts";

const ROOT = new URL("../../../", import.meta.url);

/** An Io that keeps what is written. */
function recorder(options: Partial<Io> = {}): { io: Io; written: { out: string; err: string } } {
  const written = { out: "", err: "" };
  const io = {
    stdout: (text: string) => void (written.out += text),
    stderr: (text: string) => void (written.err += text),
    defer: () => {},
    dropped: 0,
    flush: () => Promise.resolve(),
    color: false,
    columns: 80,
    rows: Infinity,
    isUnread: false,
    isTerminal: false,
    canRedraw: false,
    ...options,
  };
  return { io, written };
}

function path(name: string): string {
  return new URL(name, ROOT).pathname;
}

Deno.test("check shows the apps of a valid config and gives 0", async () => {
  const { io, written } = recorder();
  assert.equal(await check(path("config.example.yaml"), io), 0);
  assert.equal(written.err, "");
  const lines = written.out.split("\n");
  assert.deepEqual(lines[0]?.split(/\s{2,}/), ["APP", "MODE", "LISTENER", "TARGET", "WEIGHT"]);
  const cells = lines.map((line) => line.split(/\s{2,}/));
  const has = (row: readonly string[]): boolean => cells.some((one) => one.join() === row.join());
  assert.ok(has(["weighted", "tcp", "127.0.0.1:5002", "127.0.0.1:7001", "2"]), written.out);
  assert.ok(has(["", "127.0.0.1:7003", "1 backup"]), written.out);
  assert.ok(
    has(["mirrors", "http, fanout", "127.0.0.1:5080", "http://127.0.0.1:7011/one", "1"]),
    written.out,
  );
  assert.match(written.out, /config\.example\.yaml is valid: 3 apps, 4 listeners, 8 targets\n$/);
});

Deno.test("check accepts the first version's file", async () => {
  const { io, written } = recorder();
  assert.equal(await check(path("tests/golden/config/seed-config.json"), io), 0);
  assert.match(written.out, /is valid: 3 apps, 12 listeners, 7 targets\n$/);
});

Deno.test("check shows every mistake, counts them and gives 2", async () => {
  const { io, written } = recorder();
  assert.equal(await check(path("tests/golden/config/duplicate_app.yaml"), io), 2);
  assert.equal(written.out, "");
  assert.equal(written.err.match(/: error: /g)?.length, 3);
  assert.match(written.err, /duplicate_app\.yaml is not valid: 3 errors\n$/);
});

Deno.test("check gives 2 for a file that does not exist", async () => {
  const { io, written } = recorder();
  assert.equal(await check("no_such_file.yaml", io), 2);
  assert.equal(
    written.err,
    "error: no_such_file.yaml does not exist\n\nno_such_file.yaml is not valid: 1 error\n",
  );
});

Deno.test("check shows warnings on standard error and gives 0", async () => {
  const { io, written } = recorder();
  assert.equal(await check(path("tests/golden/config/warnings.yaml"), io), 0);
  assert.equal(written.err.match(/: warning: /g)?.length, 1);
  assert.match(written.out, /is valid: 1 app, 1 listener, 2 targets\n$/);
});

Deno.test("check fits a narrow terminal and colours on request", async () => {
  const narrow = recorder({ isTerminal: true, columns: 50 });
  await check(path("tests/golden/config/seed-config.json"), narrow.io);
  const table = narrow.written.out.split("\n\n")[0] ?? "";
  assert.ok(table.split("\n").every((line) => line.length <= 50), table);
  const colored = recorder({ color: true });
  await check(path("tests/golden/config/unknown_key.yaml"), colored.io);
  assert.ok(colored.written.err.includes("\x1b["));
});

Deno.test("schema prints JSON", () => {
  const { io, written } = recorder();
  assert.equal(schema(io), 0);
  assert.equal(JSON.parse(written.out).title, "fproxy config");
});
