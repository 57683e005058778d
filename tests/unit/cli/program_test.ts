import assert from "node:assert/strict";
import { type Io, OutputError } from "../../../src/cli/io.ts";
import { runProgram } from "../../../src/cli/program.ts";
import { CapturedIo } from "./captured_io.ts";

async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const io = new CapturedIo();
  const code = await runProgram(args, io);
  return { code, out: io.out, err: io.err };
}

Deno.test("help is a command too", async () => {
  const all = await run("--help");
  assert.match(all.out, /^Usage: fproxy /);
  assert.deepEqual(await run("help"), all);
  assert.deepEqual(await run("help", "ping"), {
    code: 2,
    out: "",
    err: "error: unknown command 'ping'\n",
  });
  const check = await run("help", "check");
  assert.deepEqual(check, await run("check", "--help"));
  assert.match(check.out, /^Usage: fproxy check /);
});

Deno.test("an unknown command is named, with the one that was meant", async () => {
  assert.deepEqual(await run("foo"), { code: 2, out: "", err: "error: unknown command 'foo'\n" });
  assert.equal((await run("chekc")).err, "error: unknown command 'chekc'\n(Did you mean check?)\n");
  assert.equal((await run("--config", "apps.yaml", "foo")).code, 2);
});

Deno.test("output that cannot be written is said in one line, exit code 1", async () => {
  const captured = new CapturedIo();
  const io: Io = {
    stdout: () => {
      throw new OutputError("Cannot write the output: No space left on device");
    },
    stderr: (text) => captured.stderr(text),
    defer: () => {},
    dropped: 0,
    flush: () => Promise.resolve(),
    color: false,
    columns: 80,
    rows: Infinity,
    isUnread: false,
    isTerminal: false,
    canRedraw: false,
  };
  assert.equal(await runProgram(["schema"], io), 1);
  assert.equal(captured.err, "fproxy: Cannot write the output: No space left on device\n");
});

Deno.test("an option before a command that would not see it is refused", async () => {
  const refused = async (...args: string[]): Promise<string> => {
    const { code, out, err } = await run(...args);
    assert.deepEqual([code, out], [2, ""]);
    return err;
  };
  assert.equal(
    await refused("--log-level", "debug", "check", "--config", "config.example.yaml"),
    "error: --log-level before 'check' does nothing: it is for running the proxy\n",
  );
  assert.equal(
    await refused("-c", "config.example.yaml", "demo"),
    "error: --config before 'demo' does nothing: write it behind 'demo'\n",
  );
  assert.match(
    await refused("-c", "x.yaml", "test", "ping", "localhost:1"),
    /^error: --config before 'test'/,
  );
  assert.equal((await run("--no-color", "schema")).code, 0);
});
