import assert from "node:assert/strict";
import type { ConfigInput } from "../../../src/model/config.ts";
import { askOnce, isServed } from "../../kit/client.ts";
import { echoTarget } from "../../kit/echo_target.ts";
import { eventually } from "../../kit/eventually.ts";
import { answerText, HttpTarget } from "../../kit/http_target.ts";
import { MetricsText } from "../../kit/metrics.ts";
import { echoClient, PacedClients } from "../../kit/paced_clients.ts";
import { testWith } from "../../kit/programs.ts";
import { ANY_PORT, Proxy } from "../../kit/proxy.ts";
import { floodFrom } from "../../kit/source_flood.ts";
import { get } from "../http/setup.ts";

/** Access rules in the program as users run it. */

type AppInput = ConfigInput["apps"][number];

function web(target: { readonly port: number }, settings: Partial<AppInput>): ConfigInput {
  return { apps: [{ name: "web", ports: [ANY_PORT], targets: [`127.0.0.1:${target.port}`], ...settings }] };
}

async function metricsOf(proxy: Proxy): Promise<MetricsText> {
  return new MetricsText(await (await proxy.ask("/metrics")).text());
}

/** A folder for lists, which goes with the test. */
class Folder implements AsyncDisposable {
  readonly path = Deno.makeTempDirSync({ prefix: "fproxy_lists_" });

  /** Replaces a list in one step. @returns its path. */
  async write(text: string): Promise<string> {
    await Deno.writeTextFile(`${this.path}/list.tmp`, text);
    await Deno.rename(`${this.path}/list.tmp`, `${this.path}/list`);
    return `${this.path}/list`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.path, { recursive: true });
  }
}

testWith(
  ["python3"],
  "clients that are denied get a reset, others are served, and no target is dialled for them",
  async () => {
    await using target = echoTarget();
    const access = { rules: [{ allow: "127.1.0.7" }, { deny: "127.1.0.0/16" }] };
    await using proxy = await Proxy.start(web(target, { access }));
    const port = await proxy.port("web");
    assert.deepEqual(await floodFrom(port, 0, 16), { served: 1, refused: 15 });
    assert.equal(await askOnce(port), "hello");
    assert.equal(target.accepted, 2);
    const { counters } = await proxy.app("web");
    assert.equal(counters.connections_closed_total["denied"], 15);
    const metrics = await metricsOf(proxy);
    assert.equal(metrics.sum("fproxy_connections_rejected_total", { app: "web", reason: "denied" }), 15);
  },
);

Deno.test("in mode http who is denied gets a 403, and no endpoint is asked", async () => {
  await using target = new HttpTarget(() => answerText(200, "open"));
  const to = { port: target.address.port };
  await using proxy = await Proxy.start(web(to, { mode: "http", access: { default: "deny" } }));
  const port = await proxy.port("web");
  const { status, body } = await get(`http://127.0.0.1:${port}/`, {
    headers: { Accept: "application/json" },
  });
  assert.equal(status, 403);
  assert.equal(JSON.parse(body).code, "denied");
  assert.equal(target.accepted, 0);
  assert.equal((await proxy.app("web")).counters.connections_closed_total["denied"], 1);
  await proxy.rollOut(
    web(to, { mode: "http", access: { default: "deny", rules: [{ allow: "127.0.0.0/8" }] } }),
  );
  assert.deepEqual(await get(`http://127.0.0.1:${await proxy.port("web")}/`), { status: 200, body: "open" });
});

Deno.test("a list is watched: changes are in force soon, and one that becomes bad changes nothing", async () => {
  await using folder = new Folder();
  await using target = echoTarget();
  const deny = await folder.write("# nobody\n");
  await using proxy = await Proxy.start(web(target, { access: { rules: [{ deny }] } }));
  const port = await proxy.port("web");
  assert.equal(await askOnce(port), "hello");
  await folder.write("192.0.2.0/24\n127.0.0.1 # us\n");
  await eventually("the list to be in force", async () => !await isServed(port));
  await folder.write("127.0.0.1\nnobody\n");
  await eventually(
    "the complaint",
    () => proxy.logged("an access list cannot be used, the old one stays").length === 1,
  );
  assert.match(
    String(proxy.logged("an access list cannot be used, the old one stays")[0]?.["error"]),
    /list:2: "nobody" is no range of addresses/,
  );
  assert.equal(await isServed(port), false);
  await folder.write("192.0.2.0/24\n");
  await eventually("the list to be in force", () => isServed(port));
});

Deno.test("rollouts of access rules and limits, and changes of a list, under load lose no connection", async () => {
  await using folder = new Folder();
  await using target = echoTarget();
  const deny = await folder.write("192.0.2.0/24\n");
  const variants: Partial<AppInput>[] = [
    {},
    { access: { rules: [{ deny }] } },
    {
      access: { default: "deny", rules: [{ allow: "127.0.0.0/8" }] },
      limits: { new_connections_per_second: 9000 },
    },
    { limits: { per_client: { max_connections: 1000, new_connections_per_second: 9000 } } },
    { access: { rules: [{ deny }, { deny: "::/0" }] }, limits: { per_client: { max_connections: 900 } } },
  ];
  await using proxy = await Proxy.start(web(target, variants[0]!));
  const clients = new PacedClients(150, echoClient(await proxy.port("web")));
  for (let round = 0; round < 20; round++) {
    // Each is another config than the one before, also over the end of the list.
    const settings = { ...variants[(round + 1) % variants.length], max_connections: 5_000 + round };
    await proxy.rollOut(web(target, settings));
    if (round % 4 === 1) await folder.write(`192.0.2.0/24\n198.51.100.${round}\n`);
  }
  await clients.stop();
  assert.deepEqual(clients.results.filter(({ failure }) => failure !== null), []);
  assert.ok(clients.results.length > 100);
  assert.deepEqual(Object.keys((await proxy.app("web")).counters.connections_closed_total), ["done"]);
});
