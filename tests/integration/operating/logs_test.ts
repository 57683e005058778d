import assert from "node:assert/strict";
import { Client } from "../../kit/client.ts";
import { echoTarget } from "../../kit/echo_target.ts";
import { eventually } from "../../kit/eventually.ts";
import { LaunchedProgram } from "../../kit/launched_program.ts";
import { testWith } from "../../kit/programs.ts";
import { launchProgram, PROGRAM } from "../../kit/program_under_test.ts";
import { ANY_PORT, Proxy } from "../../kit/proxy.ts";

async function session(port: number): Promise<void> {
  using client = await Client.to(port);
  await client.finish();
  await client.ended();
}

/** Lines of JSON so far. */
function linesOf({ stdout }: LaunchedProgram): Readonly<Record<string, unknown>>[] {
  return stdout.split("\n").filter((line) => line.endsWith("}")).map((line) => JSON.parse(line));
}

Deno.test("logs shows what was logged, and ends", async () => {
  await using proxy = await Proxy.start({
    apps: [{ name: "web", ports: [ANY_PORT], targets: ["127.0.0.1:1"] }],
  });
  await using logs = launchProgram(["logs", "--admin", proxy.adminUrl, "--last", "1"]);
  const { code, stderr } = await logs.result();
  assert.deepEqual([code, stderr, linesOf(logs).map(({ event }) => event)], [0, "", ["started"]]);
  await using warnings = launchProgram(["logs", "--admin", proxy.adminUrl, "--level", "error"]);
  assert.deepEqual([(await warnings.result()).code, warnings.stdout], [0, ""]);
  await using wrong = launchProgram(["logs", "--admin", proxy.adminUrl, "--access"]);
  assert.deepEqual([(await wrong.result()).code, /--access goes with --follow/.test(wrong.stderr)], [
    2,
    true,
  ]);
});

Deno.test("logs --follow tells events and records of an app, and goes on when the proxy is started anew", async () => {
  await using target = echoTarget();
  const targets = [`127.0.0.1:${target.port}`];
  const apps = ["web", "other"].map((name) => ({ name, ports: [ANY_PORT], targets }));
  const admin = { listen: `127.0.0.1:${freePort()}` };
  let first: Proxy | null = await Proxy.start({ admin, apps });
  try {
    await using logs = launchProgram(["logs", "-f", "--access", "--app", "web", "--admin", first.adminUrl]);
    const records = (): number =>
      linesOf(logs).filter(({ app, id }) => app === "web" && id !== undefined).length;
    await eventually("the first record", async () => {
      await session(await first!.port("other"));
      await session(await first!.port("web"));
      return records() > 0;
    });
    await first[Symbol.asyncDispose]();
    first = null;
    await logs.line(/^logs: admin server .*; waiting for it$/m);
    await using second = await Proxy.start({ admin, apps });
    await logs.line(/^logs: it answers again$/m);
    await logs.line(/^logs: the proxy was started anew$/m);
    const before = records();
    await eventually("a record of the new run", async () => {
      await session(await second.port("web"));
      return records() > before;
    });
    assert.ok(linesOf(logs).every(({ app }) => app !== "other"), logs.stdout);
  } finally {
    await first?.[Symbol.asyncDispose]();
  }
});

testWith(["sh", "head"], "logs --follow ends, and says nothing, when its reader does", async () => {
  await using proxy = await Proxy.start({
    apps: [{ name: "web", ports: [ANY_PORT], targets: ["127.0.0.1:1"] }],
  });
  const command = [...PROGRAM, "logs", "-f", "--last", "5", "--admin", proxy.adminUrl];
  const line = command.map((word) => `'${word}'`).join(" ");
  let level = "debug";
  await using shell = new LaunchedProgram({
    command: "sh",
    args: ["-c", `{ ${line}; echo "exit code $?" >&2; } | head -n 1`],
  });
  await shell.line(/"event"/);
  await eventually("the end", async () => {
    // Each change is an event to write.
    level = level === "debug" ? "info" : "debug";
    await (await fetch(`${proxy.adminUrl}/api/v1/log-level`, {
      method: "PUT",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ level }),
    })).body?.cancel();
    return shell.stderr !== "";
  });
  assert.equal(shell.stderr, "exit code 0\n");
});

/** A port that nobody listens on. */
function freePort(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  listener.close();
  return listener.addr.port;
}
