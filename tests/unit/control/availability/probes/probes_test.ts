import assert from "node:assert/strict";
import { systemClock } from "../../../../../src/base/clock.ts";
import { newRecord, ProbeTask } from "../../../../../src/control/availability/probe_task.ts";
import { probes } from "../../../../../src/control/availability/probes/mod.ts";
import type { ProbeResult, ProbeSubject } from "../../../../../src/control/availability/probes/probe.ts";
import {
  type HealthCheckConfig,
  mergeHealthCheck,
  PROBE_TYPES,
} from "../../../../../src/model/config_health.ts";

import { CertificateAuthority } from "../../../../kit/certificates.ts";
import { DnsServer, TYPE_AAAA } from "../../../../kit/dns_server.ts";
import { answerText, HttpTarget } from "../../../../kit/http_target.ts";
import { RefusingAddress } from "../../../../kit/refusing_address.ts";
import { TcpServer, writeAll } from "../../../../kit/tcp_server.ts";
import type { SocketAddress } from "../../../../../src/model/address.ts";

function probe(
  check: Partial<HealthCheckConfig>,
  addresses: readonly SocketAddress[],
  subject: Partial<ProbeSubject> = {},
  find: (host: string) => Promise<readonly string[]> = () => Promise.resolve([]),
): Promise<ProbeResult | null> {
  const whole: HealthCheckConfig = {
    ...mergeHealthCheck(false, {})!,
    interval: 5_000,
    timeout: 4_000,
    ...check,
  };
  const own = {
    app: "web",
    target: "one.example:80",
    host: "one.example",
    port: 80,
    domain: null,
    url: null,
    sendProxy: null,
    caCerts: [],
  };
  const task = new ProbeTask("", whole, { ...own, ...subject }, 0, newRecord("unknown", 0));
  task.addresses = addresses;
  return task.run({ clock: systemClock, connects: null, find });
}

/** Says something to whoever connects, after it read something where that is asked for. */
function sayingServer(say: string, waits = false): TcpServer {
  return new TcpServer(async (connection) => {
    const buffer = new Uint8Array(1024);
    if (waits) await connection.read(buffer);
    await writeAll(connection, new TextEncoder().encode(say));
    await connection.read(buffer);
  });
}

async function passed(result: Promise<ProbeResult | null>): Promise<boolean | undefined> {
  return (await result)?.passed;
}

Deno.test("every kind of probe that the config knows is registered", () => {
  assert.deepEqual(probes.names, PROBE_TYPES);
});

Deno.test("tcp: a target that accepts passes, one that refuses does not", async () => {
  await using server = sayingServer("");
  assert.deepEqual(await probe({}, [server.address]), { passed: true, reason: "connected" });
  await using nobody = await RefusingAddress.take();
  const refused = await probe({}, [nobody.address]);
  assert.ok(refused?.passed === false && /refused/i.test(refused.reason));
});

Deno.test("tcp: what is sent and what is expected are text, bytes or a regular expression", async () => {
  await using server = sayingServer("+PONG 17\r\n", true);
  const at = [server.address];
  const send = "PING\r\n";
  assert.equal(await passed(probe({ send, expect: "+PONG" }, at)), true);
  assert.equal(await passed(probe({ send: { hex: [80] }, expect: { hex: [0x2b, 0x50] } }, at)), true);
  assert.equal(await passed(probe({ send, expect: { regex: "^\\+PONG \\d+\r\n" } }, at)), true);
  const other = await probe({ send, expect: "-ERR", timeout: 100 }, at);
  assert.deepEqual(other, { passed: false, reason: "no result within 100 ms" });
});

Deno.test("tcp: of several addresses one has to pass, and it is asked first from then on", async () => {
  await using server = sayingServer("");
  await using nobody = await RefusingAddress.take();
  assert.equal(await passed(probe({}, [nobody.address, server.address])), true);
  assert.equal(await passed(probe({}, [nobody.address, nobody.address])), false);
  assert.deepEqual(await probe({}, []), { passed: false, reason: "the name has no address" });
});

Deno.test("a target that swallows what it is sent fails when the time is up", async () => {
  await using hole = new TcpServer(async (connection) => {
    while (await connection.read(new Uint8Array(1024)) !== null);
  });
  const began = performance.now();
  const result = await probe({ type: "http", timeout: 150 }, [hole.address]);
  assert.deepEqual(result, { passed: false, reason: "no result within 150 ms" });
  assert.ok(performance.now() - began < 2_000);
});

Deno.test("http: the request is as it is written, and the status and the body are looked at", async () => {
  await using target = new HttpTarget(({ target }) =>
    answerText(target === "/base/bad" ? 500 : 200, "all is fine")
  );
  const at = [target.address];
  const http = { type: "http", path: "/health?x=1", headers: { "X-Probe": "yes" } } as const;
  const subject = { url: { scheme: "http", base_path: "/base" } } as const;
  assert.deepEqual(await probe(http, at, subject), { passed: true, reason: "answered 200" });
  const [request] = target.requests;
  assert.deepEqual([request?.method, request?.target], ["GET", "/base/health?x=1"]);
  assert.deepEqual(["host", "x-probe", "connection"].map((name) => request?.fields.get(name)), [
    "one.example",
    "yes",
    "close",
  ]);
  assert.deepEqual(await probe({ ...http, path: "/bad" }, at, subject), {
    passed: false,
    reason: "answered 500",
  });
  assert.equal(
    await passed(probe({ ...http, path: "/bad", expected_status: [{ first: 400, last: 599 }] }, at, subject)),
    true,
  );
  assert.equal(await passed(probe({ ...http, body_match: "all .* fine" }, at)), true);
  assert.equal(await passed(probe({ ...http, body_match: "^fine" }, at)), false);
  await probe({ ...http, host: "other.example", method: "HEAD" }, at);
  assert.deepEqual(
    [target.requests.at(-1)?.method, target.requests.at(-1)?.fields.get("host")],
    ["HEAD", "other.example"],
  );
  // A host of a service is asked for what the service is of, as clients' requests are.
  await probe(http, at, { ...subject, domain: "web.example" });
  assert.equal(target.requests.at(-1)?.fields.get("host"), "web.example");
});

Deno.test("http: what is no answer fails", async () => {
  await using server = sayingServer("SSH-2.0-OpenSSH\r\n");
  const result = await probe({ type: "http" }, [server.address]);
  assert.deepEqual(result, { passed: false, reason: "the answer is not HTTP/1.1" });
});

Deno.test("tls: the handshake, the certificate and its days are looked at; http goes over it", async () => {
  await using authority = await CertificateAuthority.create();
  const { cert, key } = await authority.issue(["localhost"], { days: 5 });
  const listener = Deno.listenTls({ hostname: "127.0.0.1", port: 0, cert, key });
  const serving = (async () => {
    for (;;) {
      const connection = await listener.accept().catch(() => null);
      if (connection === null) return;
      try {
        await connection.read(new Uint8Array(1024));
        await connection.write(new TextEncoder().encode(answerText(200, "ok")));
      } catch {
        // A client that does not like the certificate.
      }
      connection.close();
    }
  })();
  const at = [{ ip: "127.0.0.1", port: listener.addr.port }];
  const subject = { host: "localhost", caCerts: [authority.cert] };
  assert.deepEqual(await probe({ type: "tls" }, at, subject), { passed: true, reason: "handshake done" });
  assert.equal(await passed(probe({ type: "tls", min_days: 3 }, at, subject)), true);
  const soon = await probe({ type: "tls", min_days: 30 }, at, subject);
  assert.ok(soon?.passed === false && /runs out in [45] days/.test(soon.reason), soon?.reason);
  assert.equal(await passed(probe({ type: "tls" }, at, { host: "localhost" })), false);
  const hostOfService = { ...subject, host: "x.example", domain: "localhost" };
  assert.equal(await passed(probe({ type: "tls" }, at, hostOfService)), true);
  assert.equal(await passed(probe({ type: "tls" }, at, { ...hostOfService, domain: null })), false);
  assert.equal(await passed(probe({ type: "tls", host: "other.example" }, at, subject)), false);
  assert.equal(
    await passed(probe({ type: "tls", insecure_skip_verify: true }, at, { host: "x.example" })),
    true,
  );
  assert.equal(await passed(probe({ type: "http", scheme: "https", body_match: "ok" }, at, subject)), true);
  listener.close();
  await serving;
});

Deno.test("dns: without a query the target's own name is looked up", async () => {
  const found = (host: string): Promise<readonly string[]> =>
    Promise.resolve(host === "one.example" ? ["10.0.0.1"] : []);
  assert.equal(await passed(probe({ type: "dns" }, [], {}, found)), true);
  assert.equal(await passed(probe({ type: "dns" }, [], { host: "two.example" }, found)), false);
  const failing = (): Promise<never> => Promise.reject(new Error("no such name"));
  assert.deepEqual(await probe({ type: "dns" }, [], {}, failing), { passed: false, reason: "no such name" });
});

Deno.test("dns: a target is asked for a name over TCP, and has to know an address", async () => {
  await using server = new DnsServer({
    [TYPE_AAAA]: { ttl: 9, records: [[...new Array<number>(15).fill(0), 1]] },
  });
  const at = [server.socketAddress];
  assert.deepEqual(await probe({ type: "dns", query: "Health.Example." }, at), {
    passed: true,
    reason: "answered ::1",
  });
  assert.deepEqual(server.questions.map(({ name, transport }) => [name, transport]), [
    ["health.example", "tcp"],
    ["health.example", "tcp"],
  ]);
  await using empty = new DnsServer({});
  const none = await probe({ type: "dns", query: "health.example" }, [empty.socketAddress]);
  assert.deepEqual(none, { passed: false, reason: "answered that health.example has no address" });
});

Deno.test("exec: the exit code counts; the program knows what it is for, and nothing of our environment", async () => {
  const at = [{ ip: "10.0.0.7", port: 81 }];
  const run = (script: string, more: Partial<HealthCheckConfig> = {}): Promise<ProbeResult | null> =>
    probe({ type: "exec", command: ["/bin/sh", "-c", script, "name", "$HOME;true"], ...more }, at);
  assert.deepEqual(await run("exit 0"), { passed: true, reason: "exit code 0" });
  assert.deepEqual(await run("exit 3"), { passed: false, reason: "exit code 3" });
  Deno.env.set("FPROXY_TEST_SECRET", "secret");
  const told = '[ "$FPROXY_APP $FPROXY_TARGET $FPROXY_ADDRESS" = "web one.example:80 10.0.0.7:81" ]';
  assert.equal(await passed(run(`${told} && [ -z "$FPROXY_TEST_SECRET" ] && [ "$1" = '$HOME;true' ]`)), true);
  Deno.env.delete("FPROXY_TEST_SECRET");
  assert.equal(await passed(run("kill -9 $$")), false);
  assert.deepEqual(await run("exec sleep 60", { timeout: 100 }), {
    passed: false,
    reason: "no result within 100 ms",
  });
  assert.equal(await passed(probe({ type: "exec", command: ["/nowhere/at/all"] }, at)), false);
});

Deno.test("agent: its line is read, and what it says of up and down counts at once", async () => {
  await using up = sayingServer("up 50% maxconn:9\n");
  const result = await probe({ type: "agent" }, [up.address]);
  assert.deepEqual([result?.passed, result?.isFinal, result?.agent?.weight], [true, true, 0.5]);
  await using down = sayingServer("down #full\n");
  assert.deepEqual((await probe({ type: "agent" }, [down.address]))?.passed, false);
  await using drain = sayingServer("drain\n");
  const drained = await probe({ type: "agent" }, [drain.address]);
  assert.deepEqual([drained?.passed, drained?.isFinal], [true, false]);
  await using odd = sayingServer("hello\x1b[2J\n");
  assert.deepEqual(await probe({ type: "agent" }, [odd.address]), {
    passed: false,
    reason: 'the agent said something unknown: "hello\\u001b[2J"',
  });
});
