import assert from "node:assert/strict";
import { unsupportedReason } from "../../../src/engine/mod.ts";
import { CertificateAuthority } from "../../kit/certificates.ts";
import { eventually } from "../../kit/eventually.ts";
import { answerText, HttpTarget } from "../../kit/http_target.ts";
import { LaunchedProgram } from "../../kit/launched_program.ts";
import { testWith } from "../../kit/programs.ts";
import { Server } from "../../kit/servers.ts";
import { get } from "./setup.ts";
import { httpApp, TlsSetup } from "./tls_setup.ts";

/** TLS of clients and of endpoints, through the real program. */

/** Tells how it was reached. */
function tellingTarget(): HttpTarget {
  return new HttpTarget(({ fields, body }) =>
    answerText(200, `${fields.get("x-forwarded-proto")} ${body.length}`)
  );
}

/** A server on https that would rather speak HTTP/2, and tells what was agreed on. */
function httpsServer(certificate: { readonly cert: string; readonly key: string }): Promise<Server> {
  return Server.node(`
import https from "node:https";
const options = { ...${JSON.stringify(certificate)}, ALPNProtocols: ["h2", "http/1.1"] };
https.createServer(options, (request, response) => {
  const { url, socket, headers } = request;
  response.end(JSON.stringify({ url, host: headers.host, name: socket.servername, alpn: socket.alpnProtocol }));
}).listen(Number(process.env.PORT), "127.0.0.1");
`);
}

/** Asks over few connections many times, uploads, and tells what it saw. */
const NODE_CLIENT = `
const https = require("node:https");
const { PORT: port, CA: ca } = process.env;
const agent = new https.Agent({ keepAlive: true, maxSockets: 2, ca, servername: "api.test", ALPNProtocols: ["h2", "http/1.1"] });
const ask = (method, body) => new Promise((resolve, reject) => {
  const request = https.request({ host: "127.0.0.1", port, method, agent }, (response) => {
    const { alpnProtocol: alpn, localPort } = response.socket;
    let text = "";
    response.on("data", (data) => text += data);
    response.on("end", () => resolve({ text, alpn, localPort }));
    response.on("error", reject);
  });
  request.on("error", reject);
  request.end(body);
});
(async () => {
  const answers = await Promise.all(Array.from({ length: 100 }, () => ask("GET")));
  const upload = await ask("PUT", "x".repeat(300000));
  const told = new Set([...answers, upload].map(({ text }) => text));
  const connections = new Set(answers.map(({ localPort }) => localPort)).size;
  console.log(JSON.stringify({ told: [...told], connections, alpn: upload.alpn }));
  agent.destroy();
})();
`;

testWith(
  ["openssl", "curl", "node"],
  "HTTPS: curl and node are served over TLS, which takes the deno engine; plain apps stay where they are",
  async () => {
    await using setup = await TlsSetup.create();
    await using target = tellingTarget();
    await setup.issue("api", ["api.test"]);
    const targets = [`127.0.0.1:${target.address.port}`];
    await using proxy = await setup.start(
      httpApp("secure", targets, { tls: setup.files("api") }),
      httpApp("plain", targets),
    );
    const plainEngine = unsupportedReason("epoll") === null ? "epoll" : "deno";
    const engines = (await proxy.status()).apps.map(({ name, engine }) => [name, engine]);
    assert.deepEqual(engines, [["secure", "deno"], ["plain", plainEngine]]);
    assert.equal((await get(`http://127.0.0.1:${await proxy.port("plain")}/`)).body, "http 0");

    const port = await proxy.port("secure");
    const url = `https://api.test:${port}/`;
    const format = ["-w", " %{http_version} %{num_connects}\n"];
    const twice = await setup.curl(port, "api.test", ["--http2", ...format, url, url]);
    assert.equal(twice.stdout, "https 0 1.1 1\nhttps 0 1.1 0\n", twice.stderr);
    const old = await setup.curl(port, "api.test", ["--tls-max", "1.2", "-d", "x".repeat(1000), url]);
    assert.equal(old.stdout, "https 1000", old.stderr);
    const CANNOT_VERIFY = 60;
    assert.equal((await setup.curl(port, "api.test", [url], false)).code, CANNOT_VERIFY);
    const other = `https://other.test:${port}/`;
    assert.equal((await setup.curl(port, "other.test", [other])).code, CANNOT_VERIFY);
    await assert.rejects(setup.client(port, "api.test", ["h2"]), "HTTP/2 alone is refused");

    const env = { PORT: `${port}`, CA: setup.authority.cert };
    await using node = new LaunchedProgram({ command: "node", args: ["-e", NODE_CLIENT], env });
    const { stdout, stderr } = await node.result(30_000);
    assert.deepEqual(JSON.parse(stdout || stderr), {
      told: ["https 0", "https 300000"],
      connections: 2,
      alpn: "http/1.1",
    });
    await eventually("the records", async () => (await setup.records()).length === 105);
    const [plain, ...secure] = await setup.records();
    assert.equal(plain?.tls, false);
    assert.ok(secure.every(({ tls, status }) => tls === true && status === 200));
  },
);

testWith(
  ["openssl", "node"],
  "HTTPS: endpoints must be trusted and have their name, unless told otherwise; why not is logged",
  async () => {
    await using setup = await TlsSetup.create();
    await using stranger = await CertificateAuthority.create();
    await setup.issue("api", ["api.test"]);
    await using known = await httpsServer(await setup.authority.issue(["api.test"]));
    await using unknown = await httpsServer(await stranger.issue(["api.test"]));
    await using expired = await httpsServer(await setup.authority.issue(["api.test"], { days: -1 }));
    const trusting = { http: { tls: { ca_file: setup.authority.path } } };
    const careless = { http: { tls: { insecure_skip_verify: true } } };
    const at = (name: string, { port }: Server): string => `https://${name}:${port}/base`;
    await using proxy = await setup.start(
      httpApp("good", [at("api.test", known)], trusting),
      httpApp("public", [at("api.test", known)]),
      httpApp("misnamed", [at("other.test", known)], trusting),
      httpApp("stranger", [at("api.test", unknown)], trusting),
      httpApp("expired", [at("api.test", expired)], trusting),
      httpApp("next", [at("api.test", unknown), at("api.test", known)], trusting),
      httpApp("careless", [at("other.test", unknown), at("api.test", expired)], {
        ...careless,
        strategy: "round_robin",
      }),
      httpApp("plain_to_tls", [`http://127.0.0.1:${known.port}`], trusting),
      httpApp("both", [at("api.test", known)], { ...trusting, tls: setup.files("api") }),
    );
    const ask = async (app: string): Promise<{ status: number; body: string }> =>
      await get(`http://127.0.0.1:${await proxy.port(app)}/path?a=b`);
    const told = {
      url: "/base/path?a=b",
      host: `api.test:${known.port}`,
      name: "api.test",
      alpn: "http/1.1",
    };

    const good = await ask("good");
    assert.equal(good.status, 200);
    assert.deepEqual(JSON.parse(good.body), told);
    for (const app of ["public", "misnamed", "stranger", "expired"]) {
      assert.equal((await ask(app)).status, 502, app);
    }
    assert.deepEqual(JSON.parse((await ask("next")).body), told, "the next endpoint is asked");
    const names = [await ask("careless"), await ask("careless")].map(({ body }) => JSON.parse(body).name);
    assert.deepEqual(names, ["other.test", "api.test"]);
    assert.notEqual((await ask("plain_to_tls")).status, 200);
    using client = await setup.client(await proxy.port("both"), "api.test");
    for (const _ of [1, 2]) assert.deepEqual(JSON.parse((await client.get("/path?a=b")).body), told);

    await eventually("the records", async () => (await setup.records()).length === 11);
    const records = await setup.records();
    const of = (app: string): Record<string, unknown> | undefined => records.find((one) => one.app === app);
    for (const app of ["public", "misnamed", "stranger", "expired"]) {
      const { target, tried, close_reason } = of(app) ?? {};
      assert.deepEqual([target, close_reason, (tried as string[]).length], [null, "connect_failed", 1], app);
    }
    assert.deepEqual(of("next")?.tried, [at("api.test", unknown)]);

    const reasons = new Map(
      proxy.logged("TLS to an endpoint failed").map(({ app, error }) => [app, String(error)]),
    );
    assert.deepEqual([...reasons.keys()], ["public", "misnamed", "stranger", "expired", "next"]);
    assert.match(reasons.get("misnamed") ?? "", /other\.test/);
    assert.match(reasons.get("expired") ?? "", /expired/);
    assert.match(reasons.get("stranger") ?? "", /issuer|self-signed|verify/);
  },
);
