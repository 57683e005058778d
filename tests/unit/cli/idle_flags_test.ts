import assert from "node:assert/strict";
import { runProgram } from "../../../src/cli/program.ts";
import { startEchoServer } from "../../../src/tools/echo_server.ts";
import { formatAddress } from "../../../src/model/address.ts";
import { CapturedIo } from "./captured_io.ts";

/** What a command says to standard error, its address being that of an echo server. */
async function told(command: readonly string[], flags: readonly string[]): Promise<string> {
  const server = startEchoServer({ listen: { ip: "127.0.0.1", port: 0 } });
  try {
    const io = new CapturedIo();
    await runProgram([...command, formatAddress(server.address), ...flags], io);
    return io.err;
  } finally {
    await server.close();
  }
}

const NO_TEXT = "neither --data nor --expect is given";
const TOOLS: readonly (readonly [command: string, flags: string, told: string])[] = [
  ["ping", "--interval 1s", "ping: --interval does nothing: one request is sent, see --count\n"],
  ["ping", "--interval 1ms --count 2", ""],
  ["ping", "", ""],
  ["ping", "--escapes", `ping: --escapes does nothing: ${NO_TEXT}\n`],
  ["ping", "--escapes --data \\x41", ""],
  ["ping", "--escapes --expect ping", ""],
  ["balancer", "--escapes --count 1", `balancer: --escapes does nothing: ${NO_TEXT}\n`],
  ["balancer", "--separator ; --count 1", `balancer: --separator does nothing: ${NO_TEXT}\n`],
  ["balancer", "--separator ; --data a;b --escapes --count 1", ""],
  ["simulate", "-n 1 --size 1KiB --escapes", `simulate: --escapes does nothing: ${NO_TEXT}\n`],
  ["simulate", "-n 1 --data a --escapes", ""],
];

for (const [command, flags, expected] of TOOLS) {
  Deno.test(`test ${command} ${flags} tells what does nothing, and no more`, async () => {
    assert.equal(await told(["test", command], flags.split(" ").filter((flag) => flag !== "")), expected);
  });
}
