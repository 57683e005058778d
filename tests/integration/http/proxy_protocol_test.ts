import assert from "node:assert/strict";
import { eventually } from "../../kit/eventually.ts";
import { HttpClient } from "../../kit/http_client.ts";
import { answerText, HttpTarget } from "../../kit/http_target.ts";
import { ANY_PORT } from "../../kit/proxy.ts";
import { writeAll } from "../../kit/tcp_server.ts";
import { TlsSetup } from "./tls_setup.ts";

/** PROXY headers before TLS, of clients and to endpoints. */

Deno.test("TLS: a PROXY header comes before the handshake, and the client is the header's", async () => {
  await using setup = await TlsSetup.create();
  await setup.issue("api", ["api.test"]);
  await using target = new HttpTarget(() => answerText(200, "ok"));
  await using proxy = await setup.start({
    name: "api",
    mode: "http",
    ports: [ANY_PORT],
    targets: [`http://127.0.0.1:${target.address.port}`],
    tls: setup.files("api"),
    proxy_protocol: { accept: "optional", trusted: ["127.0.0.0/8"] },
  });
  const port = await proxy.port("api");
  for (const header of ["PROXY TCP4 192.0.2.1 198.51.100.7 40000 443\r\n", ""]) {
    const tcp = await Deno.connect({ hostname: "127.0.0.1", port });
    await writeAll(tcp, new TextEncoder().encode(header));
    const tls = await Deno.startTls(tcp, { hostname: "api.test", caCerts: [setup.authority.cert] });
    using client = new HttpClient(tls);
    assert.equal((await client.get("/")).body, "ok");
    assert.equal((await client.get("/again")).body, "ok");
  }
  const forwarded = target.requests.map(({ fields }) => fields.get("forwarded") ?? "");
  assert.deepEqual(forwarded.map((field) => /for=([\d.]+);proto=https/.exec(field)?.[1]), [
    "192.0.2.1",
    "192.0.2.1",
    "127.0.0.1",
    "127.0.0.1",
  ]);
});

Deno.test("TLS: an endpoint on https gets the PROXY header before the handshake", async () => {
  await using setup = await TlsSetup.create();
  await setup.issue("api", ["localhost"]);
  await Deno.writeTextFile(`${setup.folder}/ca.pem`, setup.authority.cert);
  await using target = new HttpTarget(() => answerText(200, "ok"));
  await using proxy = await setup.start({
    name: "inner",
    mode: "http",
    ports: [ANY_PORT],
    targets: [`http://127.0.0.1:${target.address.port}`],
    tls: setup.files("api"),
    proxy_protocol: { accept: "required", trusted: ["127.0.0.0/8"] },
  });
  await using outer = await setup.start({
    name: "outer",
    mode: "http",
    ports: [ANY_PORT],
    targets: [`https://localhost:${await proxy.port("inner")}`],
    http: { tls: { ca_file: `${setup.folder}/ca.pem` } },
    proxy_protocol: { accept: "required", trusted: ["127.0.0.0/8"], send: "v2" },
    health_check: { type: "http", interval: "200ms", host: "localhost" },
  });
  await eventually("a probe", () => target.requests.length > 0);
  const port = await outer.port("outer");
  using client = await HttpClient.to(port);
  await client.send("PROXY TCP4 192.0.2.1 198.51.100.7 40000 443\r\n");
  assert.equal((await client.get("/mine")).body, "ok");
  const mine = target.requests.find((one) => one.target === "/mine");
  assert.match(mine?.fields.get("forwarded") ?? "", /for=192\.0\.2\.1/);
});
