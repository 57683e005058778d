import assert from "node:assert/strict";
import { seededRandom } from "../../../src/base/random.ts";
import { type DummyServer, startDummyServer } from "../../../src/tools/dummy_server.ts";
import { eventually } from "../../kit/eventually.ts";
import { RefusingAddress } from "../../kit/refusing_address.ts";
import { get, HttpCommand, startDummy } from "./setup.ts";
import { startTool, tool } from "../tools/setup.ts";

/** Servers in this process, without delays. */
function dummies(count: number, randomErrors: boolean): DummyServer[] {
  return Array.from({ length: count }, (_, index) =>
    startDummyServer({
      listen: { ip: "127.0.0.1", port: 0 },
      delayResponding: false,
      randomErrors,
      random: seededRandom(index + 1),
      label: `dummy ${index + 1}`,
    }));
}

function urls(servers: readonly DummyServer[]): string {
  return servers.map(({ address }) => `http://${address.ip}:${address.port}`).join(",");
}

Deno.test("http: without arguments it lists its flags, exit 1", async () => {
  const { code, stdout, stderr } = await tool(["http"]);
  assert.equal(code, 1);
  assert.equal(stdout, "");
  const flags = [
    "endpoints",
    "address",
    "terminal-responses",
    "fanout",
    "hedge",
    "stop-after",
    "log-file",
    "log-prefix",
  ];
  for (const flag of [...flags, "log-date", "log-time", "log-msec", "log-utc"]) {
    assert.ok(stderr.includes(`--${flag}`), flag);
  }
  assert.match(stderr, /replay: all/);
});

Deno.test("http: wrong flags are told, exit 2", async () => {
  const cases: [string[], RegExp][] = [
    [["-log", "x"], /-log could be -log-file, -log-prefix, -log-date/],
    [["-x"], /unknown flag -x/],
    [["-e"], /-e needs a value/],
    [["-e", "ftp://one.example"], /scheme \(ftp:\/\/\)/],
    [["-e", "one.example"], /has no port: .*, or an http or https URL/],
    [["-e", "http://one.example", "-t", "100,2000"], /must be 100 to 599/],
    [["-e", "http://one.example", "-f=maybe"], /neither true nor false/],
    [["-e", "http://one.example", "-f", "--hedge", "p95"], /-hedge has no use/],
    [["-e", "http://one.example", "more"], /too many arguments/],
  ];
  const results = await Promise.all(cases.map(([args]) => tool(["http", ...args])));
  for (const [index, { code, stderr }] of results.entries()) {
    const [args = [], message = /$^/] = cases[index] ?? [];
    assert.match(stderr, message, args.join(" "));
    assert.equal(code, 2, args.join(" "));
  }
});

Deno.test("http: flags that do nothing beside the others are told, and it runs all the same", async () => {
  const base = ["http", "-a", "127.0.0.1:0", "-s", "100ms"];
  const one = ["-e", "http://127.0.0.1:1"];
  const cases: readonly [readonly string[], readonly string[]][] = [
    [[...one, "-f"], ["http: -fanout does nothing: there is one endpoint"]],
    [[...one, "-hedge", "p95"], ["http: -hedge does nothing: there is one endpoint"]],
    [["-e", "http://127.0.0.1:1,http://127.0.0.1:2", "-f", "-log-utc"], []],
    [[...one, "-f=false", "-log-msec", "-log-time=false"], [
      "http: -log-time=false does nothing: -log-msec tells the time",
    ]],
    [[...one, "-log-utc", "-log-date=false", "-log-time=false"], [
      "http: -log-utc does nothing: lines tell neither date nor time",
    ]],
  ];
  const results = await Promise.all(cases.map(([flags]) => tool([...base, ...flags])));
  for (const [index, { code, stderr }] of results.entries()) {
    const [flags, told] = cases[index] ?? [[], []];
    assert.deepEqual(stderr.split("\n").filter((line) => line !== ""), told, flags.join(" "));
    assert.equal(code, 0);
  }
});

Deno.test("http: in the spelling of Go's flags it runs, answers from live endpoints while others stop, and stops by itself", async () => {
  const folder = await Deno.makeTempDir({ prefix: "fproxy_http_" });
  const servers = await Promise.all(
    [1, 2, 3].map(() =>
      startDummy("--stop-after", "60s", "--delay-responding=false", "--random-errors=false")
    ),
  );
  try {
    const endpoints = servers.map(({ address }) => `http://${address}`).join(",");
    const file = `${folder}/requests.log`;
    await using command = startTool([
      ...["http", "-f", "-e", endpoints, "-s", "10s", "-log-f", file, "-a=localhost:0", "-log-pre=balancer"],
    ]);
    let address = "";
    await eventually("the log", async () => {
      address = /starting on: "(.*)"/.exec(await Deno.readTextFile(file))?.[1] ?? "";
      return address !== "";
    });
    const live = servers.map((server) => server.address);
    for (const { program, address: gone } of servers.slice(1)) {
      await askSeveral(address, live);
      program.kill("SIGKILL");
      await program.result();
      live.splice(live.indexOf(gone), 1);
    }
    await askSeveral(address, live);
    const { code, stderr } = await command.result(30_000);
    assert.equal(code, 0, stderr);
    const text = await Deno.readTextFile(file);
    const lines = text.match(
      /^balancer \d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d request \/hello\?n=\d+ served in \d+ms by endpoint [012]$/gm,
    );
    assert.equal(lines?.length, 60, text);
    assert.match(text, /^balancer \S+ \S+ configuring endpoint 2: "http:\/\/127\.0\.0\.1:\d+"$/m);
  } finally {
    await Promise.all(servers.map(({ program }) => program[Symbol.asyncDispose]()));
    await Deno.remove(folder, { recursive: true });
  }
});

/** Twenty requests; each answer must come from a server that lives. */
async function askSeveral(address: string, live: readonly string[]): Promise<void> {
  for (let n = 0; n < 20; n++) {
    const { status, body } = await get(`http://${address}/hello?n=${n}`);
    assert.equal(status, 200);
    assert.ok(
      live.includes(/^Hello, world from (\S+)\/hello$/.exec(body)?.[1] ?? ""),
      `${body}, live: ${live}`,
    );
  }
}

Deno.test("http: lines look as they are told to, and tell what became of a request", async () => {
  await using refusing = await RefusingAddress.take();
  const [server] = dummies(1, false);
  assert.ok(server !== undefined);
  try {
    const refused = `http://127.0.0.1:${refusing.port}`;
    await using plain = await HttpCommand.start(
      ...["-endpoints", `${refused},${urls([server])}/base,${refused}`, "-log-date=false", "-log-time=false"],
    );
    assert.deepEqual(await get(`${plain.url}/a/b?c=d`), {
      status: 200,
      body: "Hello, world from dummy 1/base/a/b",
    });
    await plain.program.line(/^fproxy request \/a\/b\?c=d served in \d+ms by endpoint 1$/);
    await using exact = await HttpCommand.start(
      "-e",
      refused,
      "-log-m",
      "-log-u",
      "-log-pre",
      "",
      "-log-d=f",
    );
    assert.equal((await get(exact.url)).status, 500);
    const [, time = ""] = await exact.program.line(
      /^(\d\d:\d\d:\d\d\.\d{6}) request \/: endpoints failed to return a valid answer, returning 500 after \d+ms$/,
    );
    const behindMs = Date.now() - Date.parse(`${new Date().toISOString().slice(0, 11)}${time}Z`);
    assert.ok(behindMs >= 0 && behindMs < 60_000 || behindMs < -86_000_000, `${time} is not now, in UTC`);
  } finally {
    await server.close();
  }
});

Deno.test("http: statuses that are not terminal make the next endpoint count, and an endpoint may be given twice", async () => {
  const asked: string[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    const { pathname } = new URL(request.url);
    asked.push(pathname);
    const isSecond = asked.filter((one) => one === pathname).length > 1;
    return new Response(pathname, { status: pathname.startsWith("/a") ? 404 : isSecond ? 201 : 503 });
  });
  const url = `http://127.0.0.1:${server.addr.port}`;
  await using command = await HttpCommand.start("-e", `${url}/a,${url}/b,${url}/b`, "-t", "200,300");
  assert.deepEqual(await get(command.url, { method: "POST", body: "text" }), { status: 201, body: "/b/" });
  assert.deepEqual(asked, ["/a/", "/b/", "/b/"]);
  await command.program.line(/request \/ served in \d+ms by endpoint 2$/);
  await server.shutdown();
});

Deno.test("http: a signal ends it with exit code 0, an address in use with 1", async () => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { code, stderr } = await tool([
    "http",
    "-e",
    "http://127.0.0.1:9",
    "-a",
    `127.0.0.1:${taken.addr.port}`,
  ]);
  assert.equal(code, 1);
  assert.match(stderr, /listen address cannot be bound/);
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    await using refusing = await RefusingAddress.take();
    await using command = await HttpCommand.start("-e", `http://127.0.0.1:${refusing.port}`);
    command.program.kill("SIGHUP");
    assert.equal((await get(command.url)).status, 500, "SIGHUP changes nothing");
    command.program.kill(signal);
    assert.equal((await command.program.result()).code, 0, signal);
  }
});

for (const [name, flags] of [["sequential", []], ["fan-out", ["-fanout"]]] as const) {
  Deno.test(`http: with 25 % errors at each of three endpoints, ${name}, 1.6 % of 5,000 requests fail`, async () => {
    // The share is 3 standard deviations wide: a miss, 1 in 250, is looked at again.
    const shares: number[] = [];
    while (shares.length < 2) {
      shares.push(await failureShare(flags));
      if (Math.abs((shares.at(-1) ?? 1) - 0.25 ** 3) <= 0.005) return;
    }
    assert.fail(`shares of failed requests: ${shares.join()}`);
  });
}

async function failureShare(flags: readonly string[]): Promise<number> {
  const servers = dummies(3, true);
  try {
    await using command = await HttpCommand.start("-e", urls(servers), ...flags);
    const share = await failures(command) / REQUESTS;
    const asked = servers.map(({ answered }) => answered / REQUESTS);
    // In sequence the next endpoint is asked for what the one before failed to answer, and for nothing else.
    const isInSequence = asked[0] === 1 && (asked[1] ?? 1) < 0.3 && (asked[2] ?? 1) < 0.1;
    assert.equal(isInSequence, flags.length === 0, `requests at each endpoint, as shares: ${asked.join()}`);
    return share;
  } finally {
    await Promise.all(servers.map((server) => server.close()));
  }
}

const REQUESTS = 5_000;
const CLIENTS = 8;

async function failures({ url }: HttpCommand): Promise<number> {
  let failed = 0;
  let left = REQUESTS;
  const ask = async (): Promise<void> => {
    while (left-- > 0) {
      const { status } = await get(url);
      assert.ok(status === 200 || status === 500, `${status}`);
      if (status === 500) failed++;
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, ask));
  return failed;
}
