import assert from "node:assert/strict";
import { Client } from "../../kit/client.ts";
import { echoTarget } from "../../kit/echo_target.ts";
import { NatsServer } from "../../kit/nats_server.ts";
import { testWith } from "../../kit/programs.ts";
import { Region } from "../../kit/region.ts";

/** Nodes tell every five seconds, control looks every fifteen; the rest is for a slow machine. */
const SCALES_MS = 90_000;

testWith(
  ["nats-server"],
  "region: an app gets more replicas when it has more connections, and what is set by hand",
  async () => {
    await using server = await NatsServer.start();
    await using region = await Region.on(server);
    await using target = echoTarget();
    const control = await region.control(true);
    await Promise.all(["n1", "n2", "n3", "n4"].map((name, at) => region.node(name, `z${at % 2}`)));
    await region.operator.write(
      "apps.yaml",
      `apps:
  - name: web
    ports: ["127.0.0.1:0"]
    targets: ["127.0.0.1:${target.port}"]
    placement: { replicas: 1 }
    scale: { min: 1, max: 3, target: { connections: 4 } }
`,
    );
    await region.operator.done("apply", "-f", "apps.yaml");
    await region.looks("one replica to serve", (text) => /^web\s+1\s+1\s/m.test(text));
    const [port] = [...(await region.ports("web")).values()];
    const clients = await Promise.all(Array.from({ length: 8 }, () => Client.to(port!)));
    try {
      const [line] = await control.line(/.*"event":"region_scaled".*/, SCALES_MS);
      assert.match(line, /"app":"web","from":1,"to":2,"reason":"connections: ceil\(1 × 8 \/ 4\) = 2"/);
      await region.looks("two replicas to serve", (text) => /^web\s+2\s+2\s/m.test(text), SCALES_MS);
    } finally {
      for (const client of clients) client[Symbol.dispose]();
    }
    assert.match(
      await region.operator.done("scale", "web", "3", "--for", "1h"),
      /web: 3 replicas by ann for 1h/,
    );
    await region.looks("three replicas to serve", (text) => /^web\s+3\s+3\s/m.test(text), SCALES_MS);
    const none = await region.operator.run("scale", "nothing", "3");
    assert.deepEqual([none.code, none.stderr.trim()], [1, 'scale: there is no app "nothing"']);
  },
);
