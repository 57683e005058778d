import assert from "node:assert/strict";
import { runProgram } from "../../../src/cli/program.ts";
import { echoTarget } from "../../kit/echo_target.ts";
import { eventually } from "../../kit/eventually.ts";
import { planText, rolledOut } from "../../kit/planned_proxy.ts";
import { ANY_PORT, Proxy } from "../../kit/proxy.ts";
import { CapturedIo } from "../../unit/cli/captured_io.ts";

interface Ran {
  readonly code: number;
  readonly io: CapturedIo;
}

async function run(...args: readonly string[]): Promise<Ran> {
  const io = new CapturedIo();
  const code = await runProgram(args, io);
  Deno.exitCode = 0;
  return { code, io };
}

function at({ port }: { readonly port: number }): string {
  return `127.0.0.1:${port}`;
}

async function withFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "fproxy_test_" });
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("killed and started again with state_dir: rollouts go on, with their texts, whatever one file holds", async () => {
  await withFolder(async (folder) => {
    await using target = echoTarget();
    const state = `${folder}/state`;
    const config = (backlog: number): string =>
      planText({
        state_dir: state,
        apps: [{ name: "web", ports: [ANY_PORT], targets: [at(target)], backlog }],
      });
    {
      await using killed = await Proxy.start(JSON.parse(config(1)));
      await rolledOut(killed, config(2));
      await rolledOut(killed, config(3));
      const isThere = (): boolean => {
        const names = [...Deno.readDirSync(`${state}/rollouts`)].map(({ name }) => name);
        return names.includes("3.json") && !names.some((name) => name.endsWith(".tmp"));
      };
      await eventually("the last to be on the disk", isThere);
      killed.program.kill("SIGKILL");
      await killed.program.result();
    }
    await Deno.writeTextFile(`${state}/rollouts/1.json`, "{");
    await using proxy = await Proxy.start(JSON.parse(config(4)));
    const read = async (path: string): Promise<string> => await (await proxy.ask(path)).text();
    await eventually(
      "the first rollout of the new life",
      async () => JSON.parse(await read("/api/v1/rollouts")).total === 3,
    );
    const { rollouts, directory, error } = JSON.parse(await read("/api/v1/rollouts"));
    assert.deepEqual([directory, error], [state, null]);
    assert.deepEqual(
      rollouts.map(({ number, cause, result }: Record<string, unknown>) => [number, cause, result]),
      [[4, "start", "applied"], [3, "file", "applied"], [2, "file", "applied"]],
    );
    assert.equal(proxy.logged("a rollout is not restored").length, 1);
    assert.equal(await read("/api/v1/rollouts/3/config"), config(3));
    const diff = await read("/api/v1/rollouts/3/diff");
    assert.match(diff, /^--- rollout 2\n\+\+\+ rollout 3\n@@ [\s\S]*\n-.*"backlog": 2\n\+.*"backlog": 3\n/);
    // It begins with everything new, and its text differs from that of the life before.
    assert.match(await read("/api/v1/rollouts/4/diff"), /\n-.*"backlog": 3\n/);
    for (const { name } of Deno.readDirSync(`${state}/rollouts`)) {
      assert.equal((await Deno.stat(`${state}/rollouts/${name}`)).mode! & 0o777, 0o600, name);
    }
  });
});

Deno.test("secrets of configs are never shown to a token that is for reading", async () => {
  await using target = echoTarget();
  const config = (secret: string, more = ""): string =>
    `# comment-secret-${secret}
admin:
  listen: "${ANY_PORT}"
  tokens:
    - { name: look, role: read, token: look }
    - { name: ops, role: write, token: main-secret-${secret} }
workers: 1
access_log: { to: none }
apps:
  - name: web
    mode: http
    ports: ["${ANY_PORT}"]
    targets: ["http://${at(target)}/"]
    health_check: { type: http, interval: 1d, headers: { authorization: probe-secret-${secret} } }
${more}`;
  await withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/start.yaml`, config("one"));
    const tokens = [{ name: "look", role: "read" as const, token: "look" }, {
      name: "ops",
      role: "write" as const,
      token: "main-secret-one",
    }];
    await using proxy = await Proxy.start({
      admin: { listen: ANY_PORT, tokens },
      apps: [{ name: "web", ports: [ANY_PORT], targets: [at(target)] }],
    });
    const ask = async (path: string, token = "look"): Promise<[number, string]> => {
      const headers = { authorization: `Bearer ${token}` };
      const response = await fetch(`${proxy.adminUrl}${path}`, { headers });
      return [response.status, await response.text()];
    };
    const isThere = async (count: number): Promise<boolean> =>
      JSON.parse((await ask("/api/v1/rollouts"))[1]).total === count;
    await proxy.write(config("one"));
    await eventually("the second rollout", () => isThere(2));
    await proxy.write(config("two"));
    await eventually("the third rollout", () => isThere(3));
    await proxy.write(config("three", "    token: oops-secret-three: x\n"));
    await eventually("the refused one", () => isThere(4));
    for (const number of [1, 2, 3, 4]) {
      for (const part of ["", "/config", "/diff"]) {
        const [status, text] = await ask(`/api/v1/rollouts/${number}${part}`);
        assert.doesNotMatch(text, /secret-/, `${number}${part}`);
        assert.equal(status, number === 4 && part !== "" ? 403 : 200, `${number}${part}`);
      }
    }
    const [, third] = await ask("/api/v1/rollouts/3");
    const paths = JSON.parse(third).change.apps[0].options.map(({ path }: { path: string }) => path);
    assert.deepEqual(paths, ["health_check.headers.authorization"]);
    const [status, diff] = await ask("/api/v1/rollouts/3/diff", "main-secret-two");
    assert.deepEqual([status, /\+.*probe-secret-two/.test(diff)], [200, true]);
    const [, refused] = await ask("/api/v1/rollouts/4", "main-secret-two");
    assert.match(refused, /oops-secret-three/);
  });
});

Deno.test("commands plan, reload and show rollouts, in 80 columns and as JSON", async () => {
  await withFolder(async (folder) => {
    await using one = echoTarget();
    await using two = echoTarget();
    const app = { name: "web", ports: [ANY_PORT], targets: [at(one), at(two)] };
    const text = (targets: string[]): string =>
      planText({ apps: [{ ...app, targets, max_connections: targets.length }] });
    await using proxy = await Proxy.start(JSON.parse(text([at(one), at(two)])));
    const admin = ["--admin", new URL(proxy.adminUrl).host];
    const path = `${folder}/new.yaml`;
    await Deno.writeTextFile(path, text([at(one)]));
    const plan = await run("plan", "--config", path, ...admin);
    assert.deepEqual([plan.code, plan.io.err], [0, ""]);
    assert.match(
      plan.io.out,
      /^ {3}CHANGE +SESSIONS\n~ {2}app web\n {5}max_connections: 2 → 1\n- {4}target \S+\n\nsessions {3}0 kept, 0 draining, 0 cut\nlisteners {2}1 kept, 0 opened, 0 closed\n$/,
    );
    assert.ok(plan.io.widest <= 80);
    const json = await run("plan", "--json", "--config", path, ...admin);
    assert.deepEqual(JSON.parse(json.io.out).plan.targets.map(({ change }: { change: string }) => change), [
      "removed",
    ]);
    assert.equal(
      (await run("plan", "--config", proxy.path, ...admin)).io.out,
      `${proxy.path} changes nothing\n`,
    );
    await Deno.writeTextFile(path, "apps:\n  - nam: web\n");
    const wrong = await run("plan", "--config", path, ...admin);
    assert.equal(wrong.code, 1);
    assert.match(wrong.io.err, /new\.yaml:2:\d+: error[\s\S]*new\.yaml is not valid\n$/);
    assert.equal((await run("plan", "--config", `${folder}/none.yaml`, ...admin)).code, 1);
    await Deno.writeTextFile(path, text([at(one)]));
    assert.equal((await run("plan", "--config", path, "--admin", `unix:${folder}/none`)).code, 3);
    assert.equal((await run("plan", ...admin)).code, 2);

    await rolledOut(proxy, text([at(one)]));
    assert.match(
      (await run("reload", ...admin)).io.out,
      /^revision 3 is in force: 0 added, 0 changed, 0 removed\nsessions {3}0 kept, 0 draining, 0 cut\nlisteners {2}1 kept, 0 opened, 0 closed\n$/,
    );
    const list = (await run("rollouts", ...admin)).io.out.split("\n");
    assert.match(list[1] ?? "", /^3 +\S+Z +api +applied +\S+ +\+0 ~0 -0 +0 +0 +0$/);
    assert.match(list[2] ?? "", /^2 +\S+Z +file +applied +\S+ +\+0 ~1 -0 +0 +0 +0$/);
    const second = await run("rollouts", "2", ...admin);
    assert.match(second.io.out, /^rollout 2: applied, revision 2\n[\s\S]*max_connections: 2 → 1\n/);
    assert.ok(second.io.widest <= 80);
    assert.match((await run("rollouts", "2", "--diff", ...admin)).io.out, /\n\+.*"max_connections": 1\n/);
    assert.equal((await run("rollouts", "2", "--text", ...admin)).io.out, text([at(one)]));
    assert.equal((await run("rollouts", "--diff", ...admin)).code, 2);
    assert.equal((await run("rollouts", "99", ...admin)).code, 1);
  });
});
