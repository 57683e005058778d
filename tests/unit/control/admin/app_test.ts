import assert from "node:assert/strict";
import { adminApp } from "../../../../src/control/admin/app.ts";
import { accessBy } from "../../../kit/access_rules.ts";
import { adminSource } from "../../../kit/admin_source.ts";
import { LogLines } from "../../../kit/log_lines.ts";
import type { AppStatus, Status } from "../../../../src/control/daemon/status.ts";

function statusOf(ready: boolean, ...states: AppStatus["state"][]): Status {
  const apps = states.map((state, i): AppStatus => ({
    name: `app ${i}`,
    state,
    ready: state !== "failed",
    available: 1,
    min_available: 1,
    fails_open: false,
    revision: 1,
    engine: "deno",
    strategy: "round_robin",
    counters: {
      connections_total: 0,
      connections_active: 0,
      connections_closed_total: {},
      connect_retries_total: 0,
      ejections_total: {},
      bytes_in_total: 0,
      bytes_out_total: 0,
    },
    listeners: [],
    targets: [],
  }));
  const dropped = { access_records: 0, log_lines: 0 };
  return {
    revision: 1,
    ready,
    connections: { active: 0, max: 10 },
    dropped,
    apps,
    control: { nice: 0 },
    threads: [],
    names: [],
  };
}

function get(path: string, token = "", status = statusOf(true, "ready"), header?: string): Promise<Response> {
  const app = adminApp(adminSource(() => status), accessBy(() => token), new LogLines().log);
  return Promise.resolve(
    app.request(path, header === undefined ? {} : { headers: { authorization: header } }),
  );
}

Deno.test("livez answers as long as the program lives", async () => {
  const response = await get("/livez", "secret", statusOf(false, "failed"));
  assert.deepEqual([response.status, await response.text()], [200, "ok\n"]);
});

Deno.test("readyz is 200 or 503, and tells every app's state", async () => {
  const ready = await get("/readyz", "secret", statusOf(true, "ready", "degraded", "draining"));
  assert.deepEqual(
    [ready.status, await ready.text()],
    [200, "ready\napp 0 ready\napp 1 degraded\napp 2 draining\n"],
  );
  const not = await get("/readyz", "secret", statusOf(false, "ready", "failed"));
  assert.deepEqual([not.status, await not.text()], [503, "not ready\napp 0 ready\napp 1 failed\n"]);
  const { apps: [app], ...rest } = statusOf(true, "degraded");
  const open = await get("/readyz", "secret", { ...rest, apps: [{ ...app!, fails_open: true }] });
  assert.equal(await open.text(), "ready\napp 0 degraded, all targets are used since too few are well\n");
});

Deno.test("readyz of one app tells of it alone, and of nothing where there is no such app", async () => {
  const status = statusOf(false, "ready", "failed");
  const [app] = status.apps;
  const lacking = { ...status, apps: [{ ...app!, ready: false, min_available: 2 }, ...status.apps.slice(1)] };
  const answers = await Promise.all([
    get("/readyz/app%200", "secret", status),
    get("/readyz/app%201", "secret", status),
    get("/readyz/app%200", "secret", lacking),
    get("/readyz/none", "secret", status),
  ]);
  assert.deepEqual(answers.map((answer) => answer.status), [200, 503, 503, 404]);
  assert.deepEqual(await Promise.all(answers.map((answer) => answer.text())), [
    "ready\napp 0 ready, 1 available of 1 wanted\n",
    "not ready\napp 1 failed, 1 available of 1 wanted\n",
    "not ready\napp 0 ready, 1 available of 2 wanted\n",
    "no app none\n",
  ]);
  const all = await get("/readyz", "secret", lacking);
  assert.equal(await all.text(), "not ready\napp 0 ready, 1 available of 2 wanted\napp 1 failed\n");
});

Deno.test("status is JSON with the version", async () => {
  const response = await get("/api/status");
  assert.equal(response.status, 200);
  assert.match(response.headers.get("content-type") ?? "", /^application\/json/);
  const body = await response.json();
  assert.deepEqual([body.version, body.revision, body.apps[0].state], ["1.2.3", 1, "ready"]);
});

Deno.test("status asks for the token where there is one", async () => {
  assert.equal((await get("/api/status", "secret")).status, 401);
  assert.equal((await get("/api/status", "secret", undefined, "Bearer wrong")).status, 401);
  assert.equal((await get("/api/status", "secret", undefined, "Basic secret")).status, 401);
  assert.equal((await get("/api/status", "secret", undefined, "Bearer secret")).status, 200);
  const refused = await get("/api/status", "secret");
  assert.equal((await refused.text()).includes("secret"), false);
});

Deno.test("a new token counts at once", async () => {
  let token = "old";
  const app = adminApp(adminSource(() => statusOf(true)), accessBy(() => token), new LogLines().log);
  const ask = async (): Promise<number> =>
    (await app.request("/api/status", { headers: { authorization: "Bearer old" } })).status;
  assert.equal(await ask(), 200);
  token = "new";
  assert.equal(await ask(), 401);
  token = "";
  assert.equal(await ask(), 200);
});

Deno.test("there is nothing else", async () => {
  for (const path of ["/x", "/dashboard", "/dashboard/x.js", "/api", "/livez/x"]) {
    assert.equal((await get(path)).status, 404, path);
  }
  const app = adminApp(adminSource(() => statusOf(true)), accessBy(() => ""), new LogLines().log);
  const here = { remoteIp: "127.0.0.1" };
  const post = { method: "POST", headers: { host: "localhost" } };
  assert.equal((await app.request("/api/status", post, here)).status, 404);
});
