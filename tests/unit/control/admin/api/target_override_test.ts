import assert from "node:assert/strict";
import type { ProblemBody } from "../../../../../src/control/admin/api/problem.ts";
import { Admin } from "../../../../../src/model/target_words.ts";
import { OperatedApp } from "../../../../kit/operated_app.ts";
import { target } from "../../../../kit/snapshots.ts";

const ONE = "10.0.0.1:80";

async function refused(response: Response, status: number): Promise<ProblemBody> {
  const body: ProblemBody = await response.json();
  assert.equal(response.status, status, JSON.stringify(body));
  assert.equal(response.headers.get("content-type"), "application/problem+json");
  return body;
}

Deno.test("a drain is on the board at once, and shown beside config and health", async () => {
  const web = new OperatedApp();
  const body = { state: "drain", reason: "kernel", for: "15m", by: "ann" };
  const response = await web.change(ONE, { body });
  assert.equal(response.status, 200);
  const answer = await response.json();
  assert.deepEqual([answer.changed, answer.warnings], [true, []]);
  assert.equal(web.words.admin(101), Admin.drain);
  assert.equal(web.words.admin(102), Admin.ready);
  const { app, targets } = await (await web.get("/api/v1/apps/web/targets")).json();
  assert.equal(app, "web");
  assert.deepEqual(targets[0], answer.target);
  assert.deepEqual(targets[0], {
    target: ONE,
    addresses: [],
    config: { weight: 1, backup: false },
    override: {
      state: {
        value: "drain",
        by: "ann",
        reason: "kernel",
        since: "2023-11-14T22:13:20.000Z",
        until: "2023-11-14T22:28:20.000Z",
      },
      weight: null,
    },
    health: { state: "unknown" },
    effective: { state: "drain", weight: 1, available: false },
    connections_active: 0,
  });
  assert.equal(targets[1].override, null);
  web.clock.advance(15 * 60_000);
  assert.equal(web.words.admin(101), Admin.ready);
});

Deno.test("state and weight are apart: one is set, taken back and ends without the other", async () => {
  const web = new OperatedApp([target(1, { weight: 4 }), target(2)]);
  await web.change(ONE, { body: { weight: "50%", for: "1h" } });
  await web.change(ONE, { body: { state: "maint" } });
  assert.deepEqual([web.words.weight(101, 4), web.words.admin(101)], [2 * 256, Admin.maint]);
  const only = await (await web.change(ONE, { method: "DELETE" }, "?part=state")).json();
  assert.equal(only.target.override.weight.value, "50%");
  assert.equal(only.target.override.state, null);
  assert.equal(web.words.admin(101), Admin.ready);
  await web.change(ONE, { body: { state: "drain", weight: null } });
  assert.deepEqual([web.words.weight(101, 4), web.words.admin(101)], [4 * 256, Admin.drain]);
  const all = await (await web.change(ONE, { method: "DELETE" })).json();
  assert.deepEqual([all.target.override, all.changed], [null, true]);
  const again = await (await web.change(ONE, { method: "DELETE" })).json();
  assert.equal(again.changed, false);
});

Deno.test("who does not say who it is is its address", async () => {
  const web = new OperatedApp();
  const { target: one } =
    await (await web.change(ONE, { body: { state: "drain" }, remoteIp: "::ffff:127.0.0.1" }))
      .json();
  assert.equal(one.override.state.by, "127.0.0.1");
});

Deno.test("a target with a URL is found by its encoded key", async () => {
  const key = "http://api.example/v1/a%20b";
  const web = new OperatedApp([target(1, { key })]);
  assert.equal((await web.change(key, { body: { state: "drain" } })).status, 200);
  assert.equal(web.words.admin(101), Admin.drain);
});

Deno.test("what does not exist is told with what was probably meant", async () => {
  const web = new OperatedApp();
  const put = { method: "PUT", body: { state: "drain" } };
  const noApp = await refused(await web.request("/api/v1/apps/wbe/targets/x/override", put), 404);
  assert.deepEqual([noApp.code, noApp.hint], ["unknown_app", "did you mean web?"]);
  const noTarget = await refused(await web.change("10.0.0.1:8", put), 404);
  assert.deepEqual([noTarget.code, noTarget.hint], ["unknown_target", "did you mean 10.0.0.1:80?"]);
  const other = await refused(await web.change("nothing-like-it", { method: "DELETE" }), 404);
  assert.equal(other.hint, "there are: 10.0.0.1:80, 10.0.0.2:80");
  assert.equal((await web.get("/api/v1/apps/nope/targets")).status, 404);
});

Deno.test("a wrong body changes nothing and is told by its path", async () => {
  const web = new OperatedApp();
  const cases: readonly (readonly [unknown, string, RegExp])[] = [
    [
      { state: "drian" },
      "state",
      /state: expected ready, drain or maint, found "drian"; did you mean "drain"\?/,
    ],
    [{ stat: "drain" }, "stat", /unknown key "stat"; did you mean "state"\?/],
    [{ weight: 257 }, "weight", /257 is not a weight: write a whole number, 0 to 256/],
    [{ weight: 1.5 }, "weight", /expected a weight/],
    [{ weight: "10" }, "weight", /"10" is not a weight/],
    [{ weight: "1001%" }, "weight", /is not a weight/],
    [{ weight: "-1%" }, "weight", /is not a weight/],
    [{ state: "drain", for: "15" }, "for", /"15" has no unit/],
    [{ state: "drain", for: "1ms" }, "for", /must be at least 1s/],
    [{ state: "drain", for: "25d" }, "for", /too long/],
    [{ state: "drain", reason: "a\nb" }, "reason", /control characters|line of text/],
    [{ state: "drain", reason: "x".repeat(256) }, "reason", /at most 255 characters|line of text/],
    [{ state: "drain", by: "" }, "by", /text/],
    [[], "", /^body: expected an object/],
    [null, "", /expected an object/],
  ];
  for (const [body, path, message] of cases) {
    const { code, errors } = await refused(await web.change(ONE, { body }), 400);
    assert.equal(code, "invalid", JSON.stringify(body));
    assert.equal(errors?.[0]?.path, path, JSON.stringify(body));
    assert.match(errors?.[0]?.message ?? "", message, JSON.stringify(body));
  }
  assert.match((await refused(await web.change(ONE, { body: {} }), 400)).detail, /give "state", "weight"/);
  assert.equal((await refused(await web.change(ONE, { body: "{" }), 400)).code, "bad_json");
  const text = { body: "state=drain", headers: { "content-type": "text/plain" } };
  assert.equal((await refused(await web.change(ONE, text), 415)).code, "not_json");
  const huge = { body: { reason: "x".repeat(20_000) } };
  assert.equal((await refused(await web.change(ONE, huge), 413)).code, "too_large");
  assert.equal(
    (await refused(await web.change(ONE, { method: "DELETE" }, "?part=all"), 400)).code,
    "invalid",
  );
  assert.equal(web.words.admin(101), Admin.ready);
  assert.deepEqual([...web.layer.overrides.all()], []);
});

Deno.test("with a token nothing goes without it; with it from everywhere", async () => {
  const web = new OperatedApp();
  web.token = "secret";
  const body = { state: "drain" };
  assert.equal((await web.change(ONE, { body })).status, 401);
  assert.equal((await web.get("/api/v1/overrides")).status, 401);
  assert.equal((await web.get("/api/v1/apps/web/targets")).status, 401);
  assert.equal(web.words.admin(101), Admin.ready);
  const headers = { authorization: "Bearer secret", host: "proxy.example" };
  assert.equal((await web.change(ONE, { body, headers, remoteIp: "192.0.2.7" })).status, 200);
});

Deno.test("without a token only this machine may change anything, and no web page shown on it", async () => {
  const web = new OperatedApp();
  const body = { state: "drain" };
  const outsiders = [
    { remoteIp: "192.0.2.7" },
    { remoteIp: "" },
    { headers: { "x-forwarded-for": "192.0.2.7" } },
  ];
  for (const outsider of outsiders) {
    const { code } = await refused(await web.change(ONE, { body, ...outsider }), 403);
    assert.equal(code, "token_needed");
    assert.equal((await web.change(ONE, { method: "DELETE", ...outsider })).status, 403);
  }
  const renamed = await web.change(ONE, { body, headers: { host: "evil.example" } });
  assert.equal((await refused(renamed, 421)).code, "unknown_host");
  assert.equal(web.words.admin(101), Admin.ready);
  for (const host of ["localhost:9901", "[::1]:9901", "127.0.0.1"]) {
    assert.equal((await web.change(ONE, { body, headers: { host }, remoteIp: "::1" })).status, 200, host);
  }
  assert.equal((await web.request("/api/v1/overrides", { remoteIp: "192.0.2.7" })).status, 200);
});

Deno.test("what an operator may not expect is told", async () => {
  const web = new OperatedApp([target(1)]);
  web.snapshot = { ...web.snapshot!, strategy: { type: "first" } };
  const weighed = await (await web.change(ONE, { body: { weight: 7 } })).json();
  assert.match(weighed.warnings[0], /strategy first looks at no weights/);
  const last = await (await web.change(ONE, { body: { state: "drain" } })).json();
  assert.ok(last.warnings.includes("app web has no target left that takes sessions"));
});

Deno.test("all overrides are listed, those of targets that are gone as well, which can be taken back", async () => {
  const web = new OperatedApp();
  await web.change(ONE, { body: { state: "drain", by: "ann" } });
  web.snapshot = null;
  web.layer.overrides.reconcile();
  const { overrides, state_dir, error } = await (await web.get("/api/v1/overrides")).json();
  assert.deepEqual([state_dir, error], [null, null]);
  assert.deepEqual(
    [overrides.length, overrides[0].app, overrides[0].target, overrides[0].state.by],
    [1, "web", ONE, "ann"],
  );
  assert.equal(overrides[0].gone_since, "2023-11-14T22:13:20.000Z");
  const gone = await (await web.change(ONE, { method: "DELETE" })).json();
  assert.deepEqual([gone.target, gone.changed], [null, true]);
  assert.equal((await web.change(ONE, { method: "DELETE" })).status, 404);
});

Deno.test("a weight that was edited in the config since is shown, and the override holds", async () => {
  const web = new OperatedApp([target(1, { weight: 4 })]);
  await web.change(ONE, { body: { weight: "50%" } });
  web.snapshot = { ...web.snapshot!, targets: [target(1, { weight: 8 })] };
  web.layer.write([web.snapshot]);
  const { targets: [one] } = await (await web.get("/api/v1/apps/web/targets")).json();
  assert.deepEqual([one.config.weight, one.override.weight.configured, one.override.weight.config_changed], [
    8,
    4,
    true,
  ]);
  assert.equal(one.effective.weight, 4);
});
