import assert from "node:assert/strict";
import { echoTarget } from "../../kit/echo_target.ts";
import { LaunchedProgram } from "../../kit/launched_program.ts";
import { launchProgram } from "../../kit/program_under_test.ts";
import { eventually } from "../../kit/eventually.ts";
import { testWith } from "../../kit/programs.ts";
import { adminOf } from "../../kit/region.ts";
import { freePorts } from "../../kit/servers.ts";

/** Ports of three servers as `init` writes them, for clients and for each other. */
const WRITTEN = ["4222", "4223", "4224", "6222", "6223", "6224"];
/** Three servers have to find a leader first. */
const SLOW_MS = 60_000;

testWith(
  ["nats-server"],
  "region init: three servers with TLS, a control and a node work as they are written, and no more",
  async () => {
    const dir = await Deno.makeTempDir({ prefix: "fproxy_init_" });
    const programs: LaunchedProgram[] = [];
    const launch = (args: readonly string[]): LaunchedProgram => {
      const program = launchProgram(args, { cwd: dir, env: { NO_COLOR: "1" } });
      programs.push(program);
      return program;
    };
    const run = async (
      ...args: readonly string[]
    ): Promise<{ code: number; stdout: string; stderr: string }> => await launch(args).result();
    try {
      await using target = echoTarget();
      const made = await run("region", "init", "--dir", `${dir}/region`, "--nodes", "1", "--fronts", "1");
      assert.equal(made.code, 0, made.stderr);
      const again = await run("region", "init", "--dir", `${dir}/region`);
      assert.deepEqual([again.code, /is not empty/.test(again.stderr)], [1, true]);
      assert.equal((await Deno.stat(`${dir}/region/node-1.nk`)).mode! & 0o777, 0o600);

      const region = `${dir}/region`;
      const ports = freePorts(WRITTEN.length);
      for (const { name } of Deno.readDirSync(region)) {
        if (!/\.(?:conf|yaml)$/.test(name)) continue;
        const text = await Deno.readTextFile(`${region}/${name}`);
        const placed = WRITTEN.reduce((all, port, at) => all.replaceAll(`:${port}"`, `:${ports[at]}"`), text)
          .replace("127.0.0.1:9901", "127.0.0.1:0").replaceAll("./", `${region}/`)
          .replaceAll(/(credentials|ca_file): (\S+)$/gm, `$1: ${region}/$2`);
        await Deno.writeTextFile(`${region}/${name}`, placed);
      }
      for (const name of ["nats-1", "nats-2", "nats-3"]) {
        programs.push(
          new LaunchedProgram({ command: "nats-server", args: ["-c", `${name}.conf`], cwd: region }),
        );
      }
      const control = launch(["control", "--region", `${region}/control.yaml`]);
      await control.line(/"event":"region_leads"/, SLOW_MS);
      const node = launch(["--config", `${region}/node-1.yaml`]);
      await node.line(/"event":"region_joined"/, SLOW_MS);
      await Deno.writeTextFile(
        `${dir}/apps.yaml`,
        `apps: [{ name: web, ports: ["127.0.0.1:0"], targets: ["127.0.0.1:${target.port}"], placement: { replicas: 1 } }]`,
      );
      const applied = await run(
        "region",
        "apply",
        "--region",
        `${region}/region.yaml`,
        "-f",
        `${dir}/apps.yaml`,
      );
      assert.equal(applied.code, 0, applied.stderr);
      await eventually("the app to serve", async () => {
        const { stdout, stderr } = await run("region", "status", "--region", `${region}/region.yaml`);
        return /^web\s+1\s+1\s/m.test(stdout) || stdout + stderr;
      }, SLOW_MS);

      const front = launch(["front", "--config", `${region}/front-1.yaml`]);
      await front.line(/"event":"front_applied".*"web":\["node-1"\]/, SLOW_MS);
      assert.match(await Deno.readTextFile(`${region}/front-1.json`), /"node": "node-1"/);
      // What a node has is enough to see the whole region.
      const { apps } = await (await fetch(`${await adminOf(node)}/api/v1/region`)).json();
      assert.deepEqual(apps.map(({ name, ready }: { name: string; ready: number }) => [name, ready]), [[
        "web",
        1,
      ]]);

      // With what a node has nobody says what nodes carry.
      await Deno.writeTextFile(
        `${region}/thief.yaml`,
        (await Deno.readTextFile(`${region}/region.yaml`)).replace("operator.nk", "node-1.nk"),
      );
      await Deno.writeTextFile(
        `${dir}/more.yaml`,
        (await Deno.readTextFile(`${dir}/apps.yaml`)).replace("web", "mine"),
      );
      const refused = await run(
        "region",
        "apply",
        "--region",
        `${region}/thief.yaml`,
        "-f",
        `${dir}/more.yaml`,
      );
      assert.equal(refused.code, 1);
      assert.match(refused.stderr, /do not allow|Permissions Violation/);
      const listed = await run("region", "get", "--region", `${region}/region.yaml`);
      assert.doesNotMatch(listed.stdout, /mine/);
    } finally {
      await Promise.all(programs.map((program) => program[Symbol.asyncDispose]()));
      await Deno.remove(dir, { recursive: true });
    }
  },
);
