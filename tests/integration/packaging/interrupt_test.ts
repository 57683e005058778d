import assert from "node:assert/strict";
import { REPO_ROOT } from "../../../scripts/repo_root.ts";
import { RUN_FLAGS } from "../../../scripts/run_flags.ts";
import { SAME_SIGNAL_MS } from "../../../src/base/limits.ts";
import { Client } from "../../kit/client.ts";
import { echoTarget } from "../../kit/echo_target.ts";
import { LaunchedProgram } from "../../kit/launched_program.ts";
import { testIf, testWith } from "../../kit/programs.ts";
import type { TcpServer } from "../../kit/tcp_server.ts";
import { within } from "../../kit/within.ts";

const MAX_ATTEMPTS = 20;

/** What of the status tells where the proxy listens. */
interface Status {
  readonly apps: readonly { readonly listeners: readonly { readonly address: string }[] }[];
}

/** A proxy in front of one target, alone or under a task runner that leads a process group of its own. */
class RunningProxy implements AsyncDisposable {
  private constructor(readonly program: LaunchedProgram, readonly port: number) {}

  static async start(directory: string, target: TcpServer, isTask: boolean): Promise<RunningProxy> {
    const config = `${directory}/apps.yaml`;
    const app = { name: "a", ports: ["127.0.0.1:0"], targets: [`127.0.0.1:${target.port}`] };
    const admin = { listen: "127.0.0.1:0" };
    await Deno.writeTextFile(config, JSON.stringify({ admin, apps: [{ ...app, drain_timeout: "10m" }] }));
    const args = ["run", ...RUN_FLAGS, `${REPO_ROOT}main.ts`, "--config", config];
    const task = `deno ${args.map((word) => `'${word}'`).join(" ")}`;
    const program = new LaunchedProgram(
      isTask
        ? { command: "setsid", args: [Deno.execPath(), "task", "--eval", task], cwd: REPO_ROOT }
        : { args },
    );
    const [, at] = await program.line(/"admin server listens","address":"([^"]+)"/);
    await program.line(/"started"/);
    const response = await fetch(`http://${at}/api/status`);
    const { apps } = await response.json() as Status;
    return new RunningProxy(program, Number(apps[0]?.listeners[0]?.address.split(":").at(-1)));
  }

  /** Signals the whole process group, as a terminal and service managers do. */
  signalGroup(signal: Deno.Signal): void {
    Deno.kill(-this.program.pid, signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.program[Symbol.asyncDispose]();
  }
}

async function withDirectory(test: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "fproxy-test-" });
  try {
    await test(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** The proxy drains: a client that is there is served until it goes, and then the exit code is 0. */
async function assertDrains({ program }: RunningProxy, client: Client): Promise<void> {
  assert.equal(await within("an echo while draining", client.ask("!")), "!");
  await client.finish();
  await client.ended();
  const { code, stderr } = await program.result();
  assert.equal(code, 0, stderr);
  assert.doesNotMatch(stderr, /exiting at once"/);
}

/** Sends a signal, and once more when the program has taken the first one in. @returns milliseconds between the two. */
async function signalTwice(program: LaunchedProgram, signal: Deno.Signal): Promise<number> {
  const startedAt = performance.now();
  program.kill(signal);
  await program.line(/"draining/);
  program.kill(signal);
  return performance.now() - startedAt;
}

/** @returns false when this machine was too slow to tell. */
async function drainsAfterTwo(signal: Deno.Signal, directory: string, target: TcpServer): Promise<boolean> {
  await using proxy = await RunningProxy.start(directory, target, false);
  using client = await Client.to(proxy.port);
  assert.equal(await client.ask("?"), "?");
  if (await signalTwice(proxy.program, signal) > SAME_SIGNAL_MS / 2) return false;
  await assertDrains(proxy, client);
  return true;
}

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  testIf(
    Deno.build.os === "windows" ? "Windows has no such signals" : null,
    `a ${signal} that a task runner passes on once more drains all the same`,
    () =>
      withDirectory(async (directory) => {
        await using target = echoTarget();
        for (let attempt = 1; !await drainsAfterTwo(signal, directory, target); attempt++) {
          assert.ok(attempt < MAX_ATTEMPTS, "the machine is too slow for this test");
        }
      }),
  );
}

for (const [signal, exitCode] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
  testWith(
    ["setsid"],
    `${signal} to the group of \`deno task\` drains; a second one exits at once`,
    () =>
      withDirectory(async (directory) => {
        await using target = echoTarget();
        {
          await using proxy = await RunningProxy.start(directory, target, true);
          using client = await Client.to(proxy.port);
          assert.equal(await client.ask("?"), "?");
          proxy.signalGroup(signal);
          await proxy.program.line(/"draining/);
          await assertDrains(proxy, client);
        }
        await using proxy = await RunningProxy.start(directory, target, true);
        using client = await Client.to(proxy.port);
        assert.equal(await client.ask("?"), "?");
        proxy.signalGroup(signal);
        await proxy.program.line(/"draining/);
        // To the runner alone, which passes it on.
        await proxy.program.killAgain(signal);
        await proxy.program.line(/second signal, exiting at once/);
        assert.equal((await proxy.program.result()).code, exitCode);
      }),
  );
}
