import assert from "node:assert/strict";
import type * as z from "zod";
import { adminApp, type AdminSource } from "../../../../../src/control/admin/app.ts";
import type { ProblemBody } from "../../../../../src/control/admin/api/problem.ts";
import { apiRoutes } from "../../../../../src/control/admin/api/resources.ts";
import type { ConfigDocument } from "../../../../../src/control/config/mod.ts";
import { RolloutLog } from "../../../../../src/control/rollouts/rollout_log.ts";
import { accessBy } from "../../../../kit/access_rules.ts";
import { adminSource } from "../../../../kit/admin_source.ts";
import { parseConfig } from "../../../../kit/configs.ts";
import { FakeClock } from "../../../../kit/fake_clock.ts";
import { LogLines } from "../../../../kit/log_lines.ts";
import { regionPicture, regionSource } from "../../../../kit/region_picture.ts";
import { NO_CHANGE, NO_PLAN, NO_RECEIPT, rolloutSubject } from "../../../../kit/rollouts.ts";
import { appStatus, wholeStatus } from "../../../../kit/whole_status.ts";

const APPS = [{ name: "web", ports: [1], targets: ["10.0.0.1:80"] }];
const SECRETS = {
  admin: {
    token: "main-secret",
    tokens: [{ name: "ops", token: "ops-secret" }, { name: "file", token_file: "/run/t" }],
  },
  apps: [{
    name: "web",
    mode: "http" as const,
    ports: [1],
    targets: ["http://10.0.0.1/"],
    health_check: { type: "http" as const, headers: { authorization: "probe-secret" } },
  }],
};

/** A document in memory. */
class Text implements ConfigDocument {
  text = "old";
  unwritable = false;

  validate(text: string): ReturnType<ConfigDocument["validate"]> {
    const diagnostic = {
      severity: "error",
      code: "syntax",
      message: "bad",
      hints: [],
      related: [],
      place: null,
    } as const;
    if (text === "bad") return Promise.resolve({ ok: false, diagnostics: [diagnostic] });
    const config = parseConfig({ apps: APPS, admin: { allow_exec: text === "exec" } });
    return Promise.resolve({ ok: true, config, warnings: [] });
  }

  read(): ReturnType<ConfigDocument["read"]> {
    return Promise.resolve({ text: this.text, hash: `hash of ${this.text}` });
  }

  replace(text: string): Promise<void> {
    this.text = text;
    return Promise.resolve();
  }
}

class Fixture {
  readonly clock = new FakeClock();
  readonly rollouts = new RolloutLog(this.clock, new LogLines().log);
  readonly document = new Text();
  readonly log = new LogLines();
  readonly source: AdminSource;
  readonly #app;
  refreshed = 0;

  constructor(changes: Partial<AdminSource> = {}) {
    this.source = adminSource(wholeStatus, {
      rollouts: this.rollouts,
      document: this.document,
      region: regionSource(regionPicture(5, 8)),
      refresh: () => {
        this.refreshed++;
        queueMicrotask(() => this.roll("hash"));
      },
      ...changes,
    });
    this.#app = adminApp(this.source, accessBy(() => ""), this.log.log);
  }

  /** A config is in force. */
  roll(
    hash: string,
    config: Parameters<typeof parseConfig>[0] = { apps: APPS, admin: { config_writes: true } },
  ): void {
    const change = { ...NO_CHANGE, apps: [{ app: "web", change: "added" as const, options: [] }] };
    const outcome = { result: "applied" as const, revision: 1, change, receipt: NO_RECEIPT };
    this.rollouts.begin(rolloutSubject({ hash }))(outcome, parseConfig(config));
  }

  ask(path: string, method = "GET", body?: string, headers: Record<string, string> = {}): Promise<Response> {
    const init = {
      method,
      headers: { host: "localhost", ...headers },
      ...(body === undefined ? {} : { body }),
    };
    return Promise.resolve(this.#app.request(path, init, { remoteIp: "127.0.0.1" }));
  }

  /** The body of an answer. */
  async read(path: string): Promise<Record<string, unknown>> {
    const response = await this.ask(path);
    assert.equal(response.status, 200, path);
    return await response.json();
  }

  async refused(answer: Promise<Response>): Promise<[number, string]> {
    const response = await answer;
    const body: ProblemBody = await response.json();
    return [response.status, body.code];
  }
}

function names(list: unknown, key: string): unknown[] {
  return (list as Record<string, unknown>[]).map((one) => one[key]);
}

Deno.test("every answer is what its description says, to the key", async () => {
  const fixture = new Fixture();
  fixture.roll("hash");
  const { rollouts, source } = fixture;
  rollouts.begin(rolloutSubject())({ result: "refused" });
  let read = 0;
  for (const { method, path, answer, answerType } of apiRoutes(source)) {
    if (method !== "GET" || answerType !== undefined) continue;
    const at = path.replace("{app}", "web").replace("{number}", "1").replace("{id}", "1-0");
    const schema: z.ZodType = answer;
    schema.parse(await fixture.read(at));
    read++;
  }
  assert.ok(read >= 10);
});

Deno.test("lists are cut into pages that miss nothing and repeat nothing, also while entries go", async () => {
  let apps = Array.from({ length: 25 }, (_, index) => appStatus(`app ${String(index).padStart(2, "0")}`));
  const fixture = new Fixture({ status: () => ({ ...wholeStatus(), apps }) });
  const first = await fixture.read("/api/v1/apps?limit=10");
  assert.deepEqual([first.total, names(first.apps, "name")[9]], [25, "app 09"]);
  apps = apps.filter(({ name }) => name !== "app 09" && name !== "app 03");
  const second = await fixture.read(`/api/v1/apps?limit=10&cursor=${first.next_cursor}`);
  assert.equal(names(second.apps, "name")[0], "app 10");
  const last = await fixture.read(`/api/v1/apps?limit=10&cursor=${second.next_cursor}`);
  assert.deepEqual([names(last.apps, "name"), last.next_cursor], [
    ["app 20", "app 21", "app 22", "app 23", "app 24"],
    null,
  ]);
  for (const query of ["limit=0", "limit=1001", "limit=x", "limit=", "cursor=%20", "pages=1"]) {
    assert.deepEqual(await fixture.refused(fixture.ask(`/api/v1/apps?${query}`)), [400, "invalid"], query);
  }
});

Deno.test("lists take filters", async () => {
  const fixture = new Fixture();
  const apps = async (query: string): Promise<unknown[]> =>
    names((await fixture.read(`/api/v1/apps?${query}`)).apps, "name");
  assert.deepEqual(await apps("state=failed"), ["api"]);
  assert.deepEqual(await apps("ready=true"), ["web"]);
  assert.deepEqual(await apps("name=w"), ["web"]);
  const targets = async (query: string): Promise<unknown[]> =>
    names((await fixture.read(`/api/v1/targets?${query}`)).targets, "target");
  assert.equal((await targets("")).length, 4);
  assert.deepEqual(await targets("app=web&health=down"), ["10.0.0.2:80"]);
  assert.deepEqual(await targets("app=web&available=true&state=ready&overridden=false"), ["10.0.0.1:80"]);
  assert.deepEqual(names((await fixture.read("/api/v1/names?failing=true")).names, "host"), [
    "_b._tcp.example",
  ]);
  assert.deepEqual(await fixture.refused(fixture.ask("/api/v1/targets?app=wbe")), [404, "unknown_app"]);
  assert.deepEqual(await fixture.refused(fixture.ask("/api/v1/targets?health=fine")), [400, "invalid"]);
});

Deno.test("the running config is shown without its secrets, and has an ETag", async () => {
  const fixture = new Fixture();
  assert.deepEqual(await fixture.refused(fixture.ask("/api/v1/config")), [409, "conflict"]);
  fixture.roll("abc", SECRETS);
  const response = await fixture.ask("/api/v1/config");
  assert.equal(response.headers.get("etag"), '"abc"');
  const text = await response.text();
  assert.doesNotMatch(text, /secret/);
  const { config, hash, writable } = JSON.parse(text);
  assert.deepEqual([hash, writable, config.admin.token, config.admin.tokens], ["abc", false, "[redacted]", [
    { name: "ops", role: "read", token: "[redacted]" },
    { name: "file", role: "read", token_file: "/run/t" },
  ]]);
});

Deno.test("a text is validated and nothing is changed", async () => {
  const fixture = new Fixture();
  const good = await (await fixture.ask("/api/v1/config/validate", "POST", "good")).json();
  assert.deepEqual(good, { valid: true, diagnostics: [], plan: NO_PLAN, plan_error: "" });
  const bad = await (await fixture.ask("/api/v1/config/validate", "POST", "bad")).json();
  assert.deepEqual([bad.valid, bad.diagnostics[0].message], [false, "bad"]);
  assert.deepEqual([fixture.document.text, fixture.refreshed], ["old", 0]);
});

Deno.test("the config is replaced only where that is allowed, valid, and meant for the text that is there", async () => {
  const fixture = new Fixture();
  const put = (text: string, ifMatch?: string): Promise<Response> =>
    fixture.ask("/api/v1/config", "PUT", text, ifMatch === undefined ? {} : { "if-match": ifMatch });
  const current = '"hash of old"';
  fixture.roll("a", { apps: APPS });
  const response = await put("new", current);
  assert.deepEqual([response.status, response.headers.get("allow")], [405, "GET"]);
  fixture.roll("a");
  assert.deepEqual(await fixture.refused(put("new")), [428, "precondition_needed"]);
  assert.deepEqual(await fixture.refused(put("new", '"other"')), [412, "changed"]);
  assert.deepEqual(await fixture.refused(put("new", "*")), [412, "changed"]);
  assert.deepEqual(await fixture.refused(put("bad", current)), [422, "invalid_config"]);
  assert.deepEqual(await fixture.refused(put("exec", current)), [403, "forbidden"]);
  assert.equal(fixture.document.text, "old");
  const pending = put("new", current);
  // The rollout of another text is not the one that is waited for.
  const wanted = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode("new")))
    .toHex();
  const answered = pending.then((answer) => answer.json());
  while (fixture.refreshed === 0) await new Promise<void>((resolve) => setImmediate(resolve));
  fixture.roll(wanted);
  assert.equal((await answered).hash, wanted);
  assert.equal(fixture.document.text, "new");
});

Deno.test("a config that no file holds cannot be replaced, validated or read as text", async () => {
  const fixture = new Fixture({ document: null });
  fixture.roll("");
  assert.equal((await fixture.ask("/api/v1/config")).headers.get("etag"), null);
  assert.deepEqual(await fixture.refused(fixture.ask("/api/v1/config", "PUT", "new")), [
    405,
    "method_not_allowed",
  ]);
  assert.deepEqual(await fixture.refused(fixture.ask("/api/v1/config/text")), [404, "not_found"]);
  assert.deepEqual(await fixture.refused(fixture.ask("/api/v1/config/validate", "POST", "x")), [
    404,
    "not_found",
  ]);
});

Deno.test("a reload says what became of it, or that it is not over", async () => {
  const fixture = new Fixture();
  const done = await fixture.ask("/api/v1/reload", "POST");
  assert.deepEqual([done.status, (await done.json()).result, fixture.refreshed], [200, "applied", 1]);
  const silent = new Fixture({ refresh: () => {} });
  const pending = silent.ask("/api/v1/reload", "POST");
  while (silent.clock.pendingTimers === 0) await Promise.resolve();
  silent.clock.advance(20_000);
  const late = await pending;
  assert.deepEqual([late.status, await late.json()], [202, null]);
});

Deno.test("rollouts are listed, newest first, with their mistakes one by one", async () => {
  const fixture = new Fixture();
  for (let count = 0; count < 3; count++) fixture.roll(String(count));
  const { rollouts } = await fixture.read("/api/v1/rollouts?limit=2");
  assert.deepEqual(names(rollouts, "number"), [3, 2]);
  assert.deepEqual(await fixture.refused(fixture.ask("/api/v1/rollouts/4")), [404, "not_found"]);
  assert.deepEqual((await fixture.read("/api/v1/rollouts/1")).diagnostics, []);
});

Deno.test("the log level is changed for a time", async () => {
  const fixture = new Fixture();
  const json = { "content-type": "application/json" };
  const set = await fixture.ask("/api/v1/log-level", "PUT", '{"level": "debug", "for": "10m"}', json);
  assert.deepEqual(await set.json(), {
    level: "debug",
    configured: "info",
    overridden: true,
    until: "2023-11-14T22:23:20.000Z",
    parts: [],
  });
  const part = await fixture.ask("/api/v1/log-level", "PUT", '{"level": "warn", "part": "dns"}', json);
  assert.deepEqual((await part.json()).parts, [
    { part: "dns", level: "warn", configured: "info", overridden: true, until: null },
  ]);
  for (const body of ['{"level": "loud"}', '{"level": "info", "part": "engine room"}']) {
    assert.deepEqual(await fixture.refused(fixture.ask("/api/v1/log-level", "PUT", body, json)), [
      400,
      "invalid",
    ]);
  }
});

Deno.test("what is not there, and methods that a resource does not have", async () => {
  const fixture = new Fixture();
  for (const path of ["/api/v1", "/api/nope", "/api/v1/apps/web/x"]) {
    assert.deepEqual(await fixture.refused(fixture.ask(path)), [404, "not_found"], path);
  }
  const answer = await fixture.ask("/api/v1/apps", "PATCH");
  assert.deepEqual([answer.status, answer.headers.get("allow")], [405, "GET"]);
});

Deno.test("a fault of the proxy is a problem document, and in the log", async () => {
  const fixture = new Fixture({
    status: () => {
      throw new Error("broken");
    },
  });
  assert.deepEqual(await fixture.refused(fixture.ask("/api/v1/status")), [500, "internal"]);
  assert.equal(fixture.log.lines[0]?.error, "broken");
});
