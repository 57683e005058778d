import assert from "node:assert/strict";
import { SAME_INTERRUPT_MS } from "../../src/base/limits.ts";
import { echoTarget } from "../kit/echo_target.ts";
import { LaunchedProgram } from "../kit/launched_program.ts";
import { launchProgram } from "../kit/program_under_test.ts";
import type { TcpServer } from "../kit/tcp_server.ts";
import { within } from "../kit/within.ts";

const MAX_ATTEMPTS = 20;

/** What of the status tells where the proxy listens. */
interface Status {
  readonly apps: readonly { readonly listeners: readonly { readonly address: string }[] }[];
}

/** Runs the proxy with the flags of the tasks, in front of one target. */
async function startProxy(
  directory: string,
  targetPort: number,
): Promise<{ program: LaunchedProgram; port: number }> {
  const config = `${directory}/apps.yaml`;
  const target = `127.0.0.1:${targetPort}`;
  await Deno.writeTextFile(
    config,
    `admin: { listen: "127.0.0.1:0" }\napps: [{ name: a, ports: ["127.0.0.1:0"], targets: ["${target}"] }]\n`,
  );
  const program = launchProgram(["--config", config]);
  const [, admin] = await program.line(/"admin server listens","address":"([^"]+)"/);
  await program.line(/"started"/);
  const response = await fetch(`http://${admin}/api/status`);
  const { apps } = await response.json() as Status;
  return { program, port: Number(apps[0]?.listeners[0]?.address.split(":").at(-1)) };
}

/** Sends SIGINT, and once more when the program has taken the first one in. @returns milliseconds between the two. */
async function interruptTwice(program: LaunchedProgram): Promise<number> {
  const startedAt = performance.now();
  program.kill("SIGINT");
  await program.line(/"draining/);
  program.kill("SIGINT");
  return performance.now() - startedAt;
}

/** @returns false when this machine was too slow to tell. */
async function drainsAfterTwoInterrupts(directory: string, target: TcpServer): Promise<boolean> {
  const { program, port } = await startProxy(directory, target.port);
  await using _program = program;
  using session = await Deno.connect({ port });
  await session.write(new Uint8Array([7]));
  await within("the echo", session.read(new Uint8Array(1)));
  if (await interruptTwice(program) > SAME_INTERRUPT_MS / 2) return false;
  await session.write(new Uint8Array([8]));
  assert.equal(await within("an echo while draining", session.read(new Uint8Array(1))), 1);
  await session.closeWrite();
  const { code, stderr } = await program.result();
  assert.equal(code, 0, stderr);
  assert.doesNotMatch(stderr, /exiting at once"/);
  return true;
}

Deno.test({
  name: "Ctrl-C under a task runner, which passes the signal on once more, drains all the same",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    const directory = await Deno.makeTempDir({ prefix: "fproxy-test-" });
    try {
      await using target = echoTarget();
      for (let attempt = 1; !await drainsAfterTwoInterrupts(directory, target); attempt++) {
        assert.ok(attempt < MAX_ATTEMPTS, "the machine is too slow for this test");
      }
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  },
});
