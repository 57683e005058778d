import assert from "node:assert/strict";
import { LaunchedProgram, type ProgramResult } from "../../kit/launched_program.ts";
import { testWith } from "../../kit/programs.ts";
import { ANY_PORT, Proxy } from "../../kit/proxy.ts";
import { Server } from "../../kit/servers.ts";
import { get } from "./setup.ts";

/** Clients and servers that others wrote, with the proxy in HTTP mode between them. */

async function run(command: string, ...args: string[]): Promise<ProgramResult> {
  await using program = new LaunchedProgram({ command, args });
  return await program.result(60_000);
}

/** The proxy before some endpoints. @returns it, and its URL. */
async function before(...targets: string[]): Promise<{ proxy: Proxy; url: string }> {
  const proxy = await Proxy.start({ apps: [{ name: "web", mode: "http", ports: [ANY_PORT], targets }] });
  return { proxy, url: `http://127.0.0.1:${await proxy.port("web")}` };
}

/** A server that tells what it got, and answers in the ways that HTTP knows. */
const NODE_SERVER = `
import http from "node:http";
import zlib from "node:zlib";
http.createServer((request, response) => {
  const hash = [];
  let bytes = 0;
  request.on("data", (data) => { bytes += data.length; });
  request.on("end", () => {
    const { method, url, headers, httpVersion } = request;
    if (url.includes("/chunked")) {
      for (let i = 0; i < 100; i++) response.write("piece " + i + "\\n");
      return response.end();
    }
    if (url.includes("/gzip")) {
      const body = zlib.gzipSync("x".repeat(10000));
      response.writeHead(200, { "content-encoding": "gzip", "content-length": body.length, etag: '"abc"' });
      return response.end(body);
    }
    if (url.includes("/redirect")) {
      response.writeHead(302, { location: "/elsewhere" });
      return response.end();
    }
    if (url.includes("/empty")) {
      response.writeHead(204);
      return response.end();
    }
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ method, url, headers, httpVersion, bytes }));
  });
}).listen(Number(process.env.PORT), "127.0.0.1");
`;

testWith(
  ["nginx", "curl"],
  "HTTP: curl, several requests of all kinds on one connection, before nginx",
  async () => {
    await using nginx = await Server.nginx("hello\n");
    const { proxy, url } = await before(`http://${nginx.address}`);
    await using _ = proxy;
    const requests = [
      ["-d", "some text"],
      ["-I"],
      ["-X", "PUT", "--data-binary", "@/dev/null"],
      ["-H", "Expect: 100-continue", "-d", "x".repeat(100_000)],
      ["--compressed"],
      ["-0"],
    ];
    for (const request of requests) {
      const { stdout, stderr } = await run(
        "curl",
        "-sS",
        "-m",
        "20",
        "-w",
        "%{http_code}",
        ...request,
        `${url}/some/path`,
      );
      assert.match(
        stdout,
        request[0] === "-I" ? /200 OK[\s\S]*200$/ : /^hello\n200$/,
        `${request.join(" ")}: ${stderr}`,
      );
    }
    const many = await run(
      "curl",
      "-sS",
      "-m",
      "20",
      "-w",
      "%{num_connects} ",
      ...new Array(5).fill(`${url}/`),
    );
    assert.equal(many.stdout.match(/\b1 /g)?.length, 1, `one connection for five requests: ${many.stdout}`);
  },
);

testWith(["nginx", "wrk"], "HTTP: wrk at full speed, before nginx", async () => {
  await using nginx = await Server.nginx("hello\n");
  const { proxy, url } = await before(`http://${nginx.address}`);
  await using _ = proxy;
  const { stdout } = await run("wrk", "-t1", "-c32", "-d3s", `${url}/`);
  assert.ok(Number(/(\d+) requests in/.exec(stdout)?.[1] ?? 0) > 500, stdout);
  assert.doesNotMatch(stdout, /Socket errors|Non-2xx/);
});

testWith(
  ["nginx", "ab"],
  "HTTP: ab, which speaks HTTP/1.0 with and without keep-alive, before nginx",
  async () => {
    await using nginx = await Server.nginx("hello\n");
    const { proxy, url } = await before(`http://${nginx.address}`);
    await using _ = proxy;
    for (const keepAlive of [["-k"], []]) {
      const { code, stdout, stderr } = await run(
        "ab",
        "-q",
        ...keepAlive,
        "-n",
        "3000",
        "-c",
        "20",
        "-s",
        "20",
        `${url}/`,
      );
      assert.equal(code, 0, stderr);
      assert.match(stdout, /Complete requests: +3000\nFailed requests: +0\n/);
      assert.doesNotMatch(stdout, /Non-2xx/);
      if (keepAlive.length > 0) assert.match(stdout, /Keep-Alive requests: +(2\d{3}|3000)\n/);
    }
  },
);

testWith(["nginx", "hey"], "HTTP: hey, before nginx", async () => {
  await using nginx = await Server.nginx("hello\n");
  const { proxy, url } = await before(`http://${nginx.address}`);
  await using _ = proxy;
  const { stdout } = await run("hey", "-n", "2000", "-c", "20", `${url}/`);
  assert.match(stdout, /\[200\]\s+2000 responses/);
});

testWith(
  ["python3", "curl"],
  "HTTP: Python's http.server as endpoint: files, listings, 304, 404, HEAD",
  async () => {
    const text = "0123456789\n".repeat(10_000);
    await using python = await Server.python({ "file.txt": text, "other.txt": "other" });
    const { proxy, url } = await before(`http://${python.address}`);
    await using _ = proxy;
    assert.deepEqual(await get(`${url}/file.txt`), { status: 200, body: text });
    assert.match((await get(`${url}/`)).body, /other\.txt/);
    assert.equal((await get(`${url}/none`)).status, 404);
    const modified = (await fetch(`${url}/file.txt`, { method: "HEAD" })).headers.get("last-modified") ?? "";
    assert.deepEqual(await get(`${url}/file.txt`, { headers: { "if-modified-since": modified } }), {
      status: 304,
      body: "",
    });
    const head = await run("curl", "-sS", "-m", "20", "-I", `${url}/file.txt`);
    assert.match(
      head.stdout,
      new RegExp(`^HTTP/1\\.1 200 OK\\r\\n[\\s\\S]*content-length: ${text.length}\\r\\n`, "i"),
    );
  },
);

testWith(
  ["node"],
  "HTTP: node as endpoint: chunks, compressed bodies, redirects, no content, and what it is told",
  async () => {
    await using node = await Server.node(NODE_SERVER);
    const { proxy, url } = await before(`http://${node.address}/base`, `http://${node.address}/other`);
    await using _ = proxy;
    const client = new LaunchedProgram({ command: "node", args: ["-e", NODE_CLIENT], env: { URL: url } });
    await using _client = client;
    const { code, stdout, stderr } = await client.result(60_000);
    assert.equal(code, 0, `${stdout}\n${stderr}`);
    const facts = JSON.parse(stdout);
    assert.equal(facts.method, "PATCH");
    assert.equal(facts.url, "/base/tell/me?all=1");
    assert.equal(facts.bytes, 70_000);
    assert.equal(facts.headers.host, node.address);
    assert.equal(facts.headers.via, "1.1 fproxy");
    assert.equal(facts.headers["x-forwarded-for"], "127.0.0.1");
    assert.equal(facts.headers["x-forwarded-host"], new URL(url).host);
    assert.equal(facts.headers["x-hop"], undefined);
  },
);

/** Uses `node:http` with an agent that keeps connections, and undici (node's fetch). */
const NODE_CLIENT = `
const http = require("node:http");
const assert = require("node:assert");
const { URL: base } = process.env;
const agent = new http.Agent({ keepAlive: true, maxSockets: 2 });
function ask(method, path, headers = {}, body) {
  return new Promise((resolve, reject) => {
    const request = http.request(base + path, { method, headers, agent }, (response) => {
      const parts = [];
      response.on("data", (part) => parts.push(part));
      response.on("end", () => resolve({ response, body: Buffer.concat(parts), reused: request.reusedSocket }));
      response.on("error", reject);
    });
    request.on("error", reject);
    request.end(body);
  });
}
(async () => {
  const chunked = await ask("GET", "/chunked");
  assert.equal(chunked.response.headers["transfer-encoding"], "chunked");
  assert.equal(chunked.body.toString(), Array.from({ length: 100 }, (_, i) => "piece " + i + "\\n").join(""));
  const gzip = await ask("GET", "/gzip");
  assert.equal(gzip.response.headers["content-encoding"], "gzip");
  assert.equal(gzip.response.headers.etag, '"abc"');
  assert.equal(gzip.body.length, Number(gzip.response.headers["content-length"]));
  assert.equal(require("node:zlib").gunzipSync(gzip.body).length, 10000);
  assert.equal(gzip.reused, true);
  const redirect = await ask("GET", "/redirect");
  assert.equal(redirect.response.statusCode, 302);
  assert.equal(redirect.response.headers.location, "/elsewhere");
  assert.equal((await ask("GET", "/empty")).response.statusCode, 204);
  const results = await Promise.all(Array.from({ length: 200 }, (_, i) => fetch(base + "/many?" + i).then((r) => r.json())));
  results.forEach(({ url }, i) => assert.equal(url, "/base/many?" + i));
  const streamed = await fetch(base + "/stream", { method: "PUT", duplex: "half", body: new ReadableStream({
    start(controller) { for (let i = 0; i < 50; i++) controller.enqueue(new Uint8Array(1000)); controller.close(); },
  }) });
  assert.equal((await streamed.json()).bytes, 50000);
  const { body } = await ask("PATCH", "/tell/me?all=1", { connection: "x-hop", "x-hop": "1", "x-forwarded-for": "6.6.6.6" }, "x".repeat(70000));
  console.log(body.toString());
  agent.destroy();
})();
`;
