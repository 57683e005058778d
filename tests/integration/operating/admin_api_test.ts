import assert from "node:assert/strict";
import { runProgram } from "../../../src/cli/program.ts";
import { CertificateAuthority } from "../../kit/certificates.ts";
import { echoTarget } from "../../kit/echo_target.ts";
import { eventually } from "../../kit/eventually.ts";
import { launchProgram } from "../../kit/program_under_test.ts";
import { ANY_PORT, Proxy } from "../../kit/proxy.ts";
import { CapturedIo } from "../../unit/cli/captured_io.ts";

interface CommandResult {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function run(...args: readonly string[]): Promise<CommandResult> {
  const io = new CapturedIo();
  const code = await runProgram(args, io);
  Deno.exitCode = 0;
  return { code, out: io.out, err: io.err };
}

function appsOf(
  port: number,
  names: readonly string[] = ["web"],
): { name: string; ports: string[]; targets: string[] }[] {
  return names.map((name) => ({ name, ports: [ANY_PORT], targets: [`127.0.0.1:${port}`] }));
}

Deno.test("commands show a proxy, have it reload, and change its log level", async () => {
  await using target = echoTarget();
  await using proxy = await Proxy.start({ apps: appsOf(target.port) });
  const admin = ["--admin", proxy.adminUrl];
  const status = await run("status", ...admin);
  assert.equal(status.code, 0);
  assert.match(
    status.out,
    /^fproxy \S+, revision 1, ready, 0 of \d+ connections, 2 data threads\n\nAPP +STATE/,
  );
  assert.match(status.out, /^web +ready +1\/1 +0 +0 +127\.0\.0\.1:0/m);
  const json = JSON.parse((await run("status", "--json", ...admin)).out);
  assert.deepEqual([json.ready, json.app_list[0].name], [true, "web"]);
  assert.match(
    (await run("reload", ...admin)).out,
    /^revision 2 is in force: 0 added, 0 changed, 0 removed\nsessions .*\nlisteners .*\n$/,
  );
  assert.equal((await run("log-level", "debug", "--for", "1h", ...admin)).code, 0);
  assert.match((await run("log-level", ...admin)).out, /^debug until \S+Z \(info in the config\)\n$/);
  assert.equal(
    (await run("log-level", "warn", "--part", "dns", ...admin)).out,
    "warn (info in the config)\n",
  );
  assert.match((await run("log-level", ...admin)).out, /\ndns: warn \(info in the config\)\n$/);
  assert.match((await run("log-level", "--part", "admin", ...admin)).out, /^debug until /);
  assert.equal((await run("log-level", "reset", "--part", "dns", ...admin)).code, 0);
  assert.equal((await run("log-level", "reset", ...admin)).out, "info\n");
  await proxy.write("apps: [");
  const refused = await run("reload", ...admin);
  assert.equal(refused.code, 1);
  assert.match(
    refused.err,
    /apps\.yaml:1:\d+: .*error[\s\S]*reload: the config is refused, the running one stays\n$/,
  );
  const list = await (await proxy.ask("/api/v1/rollouts")).json();
  assert.equal(list.rollouts[0].result, "refused");
  assert.deepEqual(list.rollouts.slice(-2).map(({ revision }: { revision: number }) => revision), [2, 1]);
});

Deno.test("status --watch shows a proxy again and again, and goes on while it does not answer", async () => {
  await using target = echoTarget();
  await using proxy = await Proxy.start({ apps: appsOf(target.port) });
  await using watch = launchProgram(["status", "--watch", "--json", "--admin", proxy.adminUrl]);
  const shown = (): number => watch.stdout.split("\n").filter((line) => line.includes('"ready":true')).length;
  await eventually("two looks", () => shown() >= 2);
  proxy.program.kill("SIGKILL");
  await watch.line(/^status: admin server 127\.0\.0\.1:\d+: connection refused/m);
});

Deno.test("the config is replaced by the API, where it is valid and meant for the one that runs", async () => {
  await using target = echoTarget();
  const admin = { listen: ANY_PORT, token: "secret", config_writes: true };
  const configOf = (...names: readonly string[]): string =>
    JSON.stringify({ admin, access_log: { to: "none" }, workers: 2, apps: appsOf(target.port, names) });
  await using proxy = await Proxy.start({ admin, apps: appsOf(target.port) });
  const headers = { authorization: "Bearer secret" };
  const url = `${proxy.adminUrl}/api/v1/config`;
  const etag = async (): Promise<string> => {
    const response = await fetch(url, { headers });
    assert.doesNotMatch(await response.text(), /"secret"/);
    return response.headers.get("etag") ?? "";
  };
  const put = (body: string, ifMatch: string): Promise<Response> =>
    fetch(url, { method: "PUT", headers: { ...headers, "if-match": ifMatch }, body });
  const before = await etag();
  const done = await put(configOf("web", "api"), before);
  const rollout = await done.json();
  assert.deepEqual([done.status, rollout.result, rollout.added], [200, "applied", ["api"]]);
  assert.notEqual(await etag(), before);
  const late = await put(configOf("web"), before);
  assert.equal(late.status, 412);
  await late.body?.cancel();
  const wrong = await put("apps: {}", await etag());
  assert.deepEqual([wrong.status, (await wrong.json()).code], [422, "invalid_config"]);
  assert.equal(await Deno.readTextFile(proxy.path), configOf("web", "api"));
});

Deno.test("commands find a proxy by its config, on a unix socket that needs a token from a file", async () => {
  await using target = echoTarget();
  const folder = await Deno.makeTempDir({ prefix: "fproxy_admin_" });
  try {
    await Deno.writeTextFile(`${folder}/token`, "look\n");
    await Deno.writeTextFile(`${folder}/ops`, "change\n");
    const tokens = [
      { name: "look", role: "read" as const, token_file: `${folder}/token` },
      { name: "ops", role: "write" as const, token_file: `${folder}/ops` },
    ];
    const admin = { listen: `unix:${folder}/admin.sock`, mode: "0600", tokens };
    await using proxy = await Proxy.start({ admin, apps: appsOf(target.port) });
    const where = ["--config", proxy.path];
    assert.match((await run("status", ...where)).err, /asks for a token: give --token-file/);
    const looks = [...where, "--token-file", `${folder}/token`];
    assert.equal((await run("status", ...looks)).code, 0);
    assert.match((await run("reload", ...looks)).err, /The token "look" is for reading only/);
    assert.equal((await run("reload", ...where, "--token-file", `${folder}/ops`)).code, 0);
    assert.equal((await run("health", ...where)).out, "ready\nweb ready\n");
    // A new token counts without a reload.
    await Deno.writeTextFile(`${folder}/token`, "other\n");
    await eventually(
      "the new token",
      async () => (await run("status", ...where, "--token", "other")).code === 0,
    );
    assert.match((await run("status", ...where, "--token", "look")).err, /does not take this token/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("commands speak TLS, and show a certificate where one is asked for", async () => {
  await using target = echoTarget();
  await using authority = await CertificateAuthority.create();
  const folder = await Deno.makeTempDir({ prefix: "fproxy_admin_" });
  try {
    for (const name of ["server", "client"]) {
      const { cert, key } = await authority.issue(["127.0.0.1"]);
      await Deno.writeTextFile(`${folder}/${name}.pem`, cert);
      await Deno.writeTextFile(`${folder}/${name}.key`, key);
    }
    const tls = {
      cert_file: `${folder}/server.pem`,
      key_file: `${folder}/server.key`,
      client_ca_file: authority.path,
    };
    await using proxy = await Proxy.start({ admin: { listen: ANY_PORT, tls }, apps: appsOf(target.port) });
    const where = ["--admin", proxy.adminUrl.replace("http:", "https:"), "--ca-file", authority.path];
    const client = ["--cert-file", `${folder}/client.pem`, "--key-file", `${folder}/client.key`];
    assert.equal((await run("status", ...where, ...client)).code, 0);
    assert.equal((await run("health", ...where, ...client)).code, 0);
    assert.equal((await run("status", ...where)).code, 1);
    assert.match(
      (await run("status", ...where, ...client.slice(0, 2))).err,
      /--cert-file and --key-file go together/,
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
