import assert from "node:assert/strict";
import { FproxyError } from "../../../../src/base/errors.ts";
import { EngineChoice } from "../../../../src/control/daemon/engine_choice.ts";
import type { AppConfig, ConfigInput } from "../../../../src/model/config.ts";
import { parseConfig } from "../../../kit/configs.ts";
import { LogLines } from "../../../kit/log_lines.ts";

const AUTO = { engine: "auto" } as const;

type AppInput = Partial<ConfigInput["apps"][number]>;

function appOf(input: AppInput): AppConfig {
  const { apps: [app] } = parseConfig({
    apps: [{ name: "a", ports: [5001], targets: ["10.0.0.1:80"], ...input }],
  });
  assert.ok(app !== undefined);
  return app;
}

const HTTPS: AppInput = { mode: "http", targets: ["https://one.example"] };
const CLIENTS: AppInput = { mode: "http", tls: { cert_file: "a.pem", key_file: "a.key" } };

Deno.test("auto takes epoll where it works, also for plain HTTP, and says so once", () => {
  const logged = new LogLines();
  const choice = new EngineChoice(logged.log, () => null);
  assert.equal(choice.choose(appOf({}), AUTO), "epoll");
  assert.equal(choice.choose(appOf({ mode: "http" }), AUTO), "epoll");
  assert.equal(choice.choose(appOf({ engine: "deno" }), AUTO), "deno");
  assert.equal(logged.lines.length, 1, logged.messages.join());
});

Deno.test("TLS on either side is carried by deno, which is said once", () => {
  const logged = new LogLines();
  const choice = new EngineChoice(logged.log, () => null);
  assert.equal(choice.choose(appOf(HTTPS), AUTO), "deno");
  assert.equal(choice.choose(appOf(CLIENTS), AUTO), "deno");
  assert.deepEqual(logged.messages, ["engine deno carries TLS: epoll has none"]);
});

Deno.test("epoll by name is refused where it does not work, and for TLS", () => {
  const { log } = new LogLines();
  const broken = new EngineChoice(log, () => "it needs Linux");
  assert.equal(broken.choose(appOf({}), AUTO), "deno");
  assert.throws(() => broken.choose(appOf({ engine: "epoll" }), AUTO), /it needs Linux/);
  const choice = new EngineChoice(log, () => null);
  for (const input of [HTTPS, CLIENTS]) {
    assert.throws(() => choice.choose(appOf({ ...input, engine: "epoll" }), AUTO), FproxyError);
  }
});
