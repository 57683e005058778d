import assert from "node:assert/strict";
import {
  encodeProxyHeader,
  type ToldHeader,
} from "../../../../src/data/proxy_protocol/encode_proxy_header.ts";
import { TlvType } from "../../../../src/data/proxy_protocol/proxy_header.ts";
import { parseProxyHeader } from "../../../../src/data/proxy_protocol/parse_proxy_header.ts";
import { parseCidrRange } from "../../../../src/control/cel/cidr_range.ts";
import type { ProxyAccept, ProxyVersion } from "../../../../src/model/proxy_protocol.ts";
import type { FakeConnection } from "../../../kit/fake_connection.ts";
import { FakeThread } from "../../../kit/fake_thread.ts";
import { app, type AppParts, target } from "../../../kit/snapshots.ts";
import { httpApp } from "../../../kit/http_snapshots.ts";
import { answer, request } from "../http/http_world.ts";
import { bytesOf } from "../proxy_protocol/headers.ts";

const WEB = 1;
const SENDER = "203.0.113.7";
const V1 = "PROXY TCP4 192.0.2.1 198.51.100.7 40000 443\r\n";

function accept(isRequired: boolean, ...trusted: string[]): ProxyAccept {
  return { isRequired, trusted: (trusted.length === 0 ? [SENDER] : trusted).map(parseCidrRange) };
}

function thread(proxyAccept: ProxyAccept, parts: AppParts = {}): FakeThread {
  const fake = new FakeThread();
  fake.apply([app({ ...parts, proxyAccept })]);
  return fake;
}

/** The header as text, one character a byte. */
function v2(header: Partial<ToldHeader>): string {
  const whole = { isLocal: false, addresses: null, tlvs: [], ...header };
  return String.fromCharCode(...encodeProxyHeader("v2", whole));
}

function logged(fake: FakeThread): unknown[] {
  return fake.reported("log").filter(({ event }) => event === "proxy_header_refused").map(({ fields }) =>
    fields
  );
}

for (const isRequired of [true, false]) {
  const name = isRequired ? "required" : "optional";

  Deno.test(`${name}: the session is the header's client's, and begins behind the header`, () => {
    const fake = thread(accept(isRequired));
    const client = fake.client();
    client.send(`${V1}hello`);
    assert.deepEqual(client.remote, { ip: "192.0.2.1", port: 40_000 });
    assert.deepEqual(client.local, { ip: "198.51.100.7", port: 443 });
    assert.equal(client.unreadText, "hello");
    fake.engine.attempt.open();
    fake.engine.relayed.finish("done");
    const [record] = fake.records();
    assert.deepEqual(
      [record?.client_addr, record?.proxy_addr, record?.close_reason],
      ["192.0.2.1:40000", "203.0.113.7:40000", "done"],
    );
    fake.assertAllGone();
  });

  Deno.test(`${name}: a header in pieces of one byte is the same`, () => {
    const fake = thread(accept(isRequired));
    const client = fake.client();
    for (const byte of V1) client.send(byte);
    assert.equal(client.remote.ip, "192.0.2.1");
    assert.equal(fake.engine.attempts.length, 1);
    assert.equal(client.unreadText, "");
  });

  Deno.test(`${name}: a header that is broken is refused, and the log says who sent it`, () => {
    const fake = thread(accept(isRequired));
    const client = fake.client();
    client.send("PROXY TCP4 nobody\r\n");
    assert.equal(client.ended, "reset");
    assert.deepEqual(fake.reasons(), ["denied"]);
    const error = "its PROXY header has no addresses and ports of TCP4";
    assert.deepEqual(logged(fake), [
      { app: "web", listener: "127.0.0.1:5001", sender: "203.0.113.7:40000", error },
    ]);
    assert.equal(fake.engine.attempts.length, 0);
    assert.equal(fake.closed(WEB, "denied"), 1);
    fake.assertAllGone();
  });

  Deno.test(`${name}: a header that is not whole in 3 s is refused`, () => {
    const fake = thread(accept(isRequired));
    const client = fake.client();
    client.send("PROXY TCP4 ");
    fake.clock.advance(2_999);
    assert.equal(client.ended, null);
    assert.equal(fake.open, 1);
    fake.clock.advance(1);
    assert.equal(client.ended, "reset");
    assert.deepEqual(fake.reasons(), ["idle_timeout"]);
    fake.assertAllGone();
  });

  Deno.test(`${name}: a client that leaves within its header is gone`, () => {
    const fake = thread(accept(isRequired));
    const client = fake.client();
    client.send("PROXY TCP4 ");
    client.sendFin();
    assert.equal(client.ended, "reset");
    fake.client().fail();
    assert.deepEqual(fake.reasons(), ["client_abort", "client_abort"]);
    fake.assertAllGone();
  });

  for (
    const [what, header] of Object.entries({ local: v2({ isLocal: true }), unknown: "PROXY UNKNOWN\r\n" })
  ) {
    Deno.test(`${name}: of a ${what} connection the addresses are the socket's own`, () => {
      const fake = thread(accept(isRequired));
      const client = fake.client();
      client.send(`${header}hello`);
      assert.equal(client.remote.ip, SENDER);
      assert.equal(client.unreadText, "hello");
      fake.engine.attempt.open();
      fake.engine.relayed.finish("done");
      assert.deepEqual(fake.records().map(({ client_addr, proxy_addr }) => [client_addr, proxy_addr]), [
        ["203.0.113.7:40000", undefined],
      ]);
    });
  }
}

Deno.test("required: a sender that is not trusted is refused before it is read", () => {
  const fake = thread(accept(true, "10.0.0.0/8"));
  const client = fake.client();
  assert.equal(client.ended, "reset");
  assert.equal(client.isPaused, true);
  assert.deepEqual(fake.reasons(), ["denied"]);
  fake.assertAllGone();
});

Deno.test("optional: the bytes of a sender that is not trusted are no header, whatever they are", () => {
  const fake = thread(accept(false, "10.0.0.0/8"));
  const client = fake.client();
  client.send(V1);
  assert.equal(client.remote.ip, SENDER);
  assert.equal(client.unreadText, V1);
  fake.engine.attempt.open();
  fake.engine.relayed.finish("done");
  assert.equal(fake.records()[0]?.proxy_addr, undefined);
});

Deno.test("required: without a header there is no session", () => {
  const fake = thread(accept(true));
  const client = fake.client();
  client.send("GET / HTTP/1.1\r\n");
  assert.equal(client.ended, "reset");
  const silent = fake.client();
  fake.clock.advance(3_000);
  assert.equal(silent.ended, "reset");
  const gone = fake.client();
  gone.sendFin();
  assert.deepEqual(fake.reasons(), ["denied", "idle_timeout", "client_abort"]);
  fake.assertAllGone();
});

Deno.test("optional: without a header the session has all bytes", () => {
  const fake = thread(accept(false));
  const client = fake.client();
  client.send("PRO");
  client.send("FIT");
  assert.equal(client.unreadText, "PROFIT");
  assert.equal(fake.engine.attempts.length, 1);
});

Deno.test("optional: a client that waits for the target to speak is served when the time of a header is over", () => {
  const fake = thread(accept(false));
  const client = fake.client();
  fake.clock.advance(2_999);
  assert.equal(fake.engine.attempts.length, 0);
  fake.clock.advance(1);
  assert.equal(fake.engine.attempts.length, 1);
  assert.equal(client.ended, null);
});

Deno.test("optional: a client that leaves is served what it sent, and its end", () => {
  const fake = thread(accept(false));
  const client = fake.client();
  client.send("PRO");
  client.sendFin();
  assert.equal(client.unreadText, "PRO");
  assert.equal(fake.engine.attempts.length, 1);
});

Deno.test("a preface holds a place of the process, and one of the app only with its session", () => {
  const fake = thread(accept(true), { policy: { maxConnections: 1 } });
  const [one, two] = [fake.client(), fake.client()];
  assert.equal(fake.open, 2);
  one.send(V1);
  two.send(V1);
  assert.equal(one.ended, null);
  assert.equal(two.ended, "reset");
  fake.engine.attempt.open();
  fake.engine.relayed.finish("done");
  assert.deepEqual(fake.reasons(), ["limit", "done"]);
  fake.assertAllGone();
});

Deno.test("a client that waits is listed, and can be cut", () => {
  const fake = thread(accept(true));
  fake.client().send("PROXY ");
  const filter = { app: null, target: null, client: "203.0.113.7:", id: null };
  const query = { number: 1, filter, after: -1, limit: 10, cut: "admin" } as const;
  fake.thread.handle({ type: "sessions", query });
  const [found] = fake.reported("sessions");
  assert.deepEqual(found?.sessions.map(({ client, target, bytesIn }) => [client, target, bytesIn]), [
    ["203.0.113.7:40000", null, 6],
  ]);
  assert.deepEqual(fake.reasons(), ["admin"]);
  fake.assertAllGone();
});

Deno.test("a header that comes after a rollout begins a session of the app as it is then", () => {
  const proxyAccept = accept(true);
  const fake = thread(proxyAccept, { targets: [target(1)] });
  const client = fake.client();
  client.send("PROXY ");
  fake.apply([app({ proxyAccept, targets: [target(2)], revision: 2 })]);
  client.send(V1.slice(6));
  assert.equal(fake.engine.attempt.address.ip, "10.0.0.2");
  fake.engine.attempt.open();
  fake.engine.relayed.finish("done");
  assert.equal(fake.records()[0]?.revision, 2);
});

Deno.test("a client that waits while its app goes is served, and drains", () => {
  const fake = thread(accept(true), { policy: { drainTimeoutMs: 20_000 } });
  const client = fake.client();
  fake.apply([], ["web"]);
  client.send(V1);
  fake.engine.attempt.open();
  assert.equal(fake.open, 1);
  fake.clock.advance(20_000);
  assert.deepEqual(fake.reasons(), ["drain"]);
  fake.assertAllGone();
});

Deno.test("a thread that drains waits for a header no longer than its app may drain", () => {
  const fake = thread(accept(true), { policy: { drainTimeoutMs: 1_000 } });
  const client = fake.client();
  fake.thread.handle({ type: "drain" });
  fake.clock.advance(999);
  assert.equal(client.ended, null);
  assert.deepEqual(fake.reported("stopped"), []);
  fake.clock.advance(1);
  assert.equal(client.ended, "reset");
  assert.deepEqual(fake.reasons(), ["drain"]);
  assert.equal(fake.reported("stopped").length, 1);
});

Deno.test("a thread that drains does not stop between a header and its session", () => {
  const fake = thread(accept(true));
  const client = fake.client();
  fake.thread.handle({ type: "drain" });
  fake.clock.advance(100);
  client.send(V1);
  assert.deepEqual(fake.reported("stopped"), []);
  fake.engine.attempt.open();
  fake.engine.relayed.finish("done");
  fake.clock.advance(1);
  assert.equal(fake.reported("stopped").length, 1);
});

/** What a target that is told of clients got first. */
function sent(version: ProxyVersion, fake: FakeThread, header: string): ReturnType<typeof parseProxyHeader> {
  fake.apply([app({ targets: [target(1, { sendProxy: version })], proxyAccept: accept(false) })]);
  const client = fake.client();
  client.send(`${header}hello`);
  const connection: FakeConnection = fake.engine.attempt.open();
  assert.equal(fake.engine.relayed.target, connection);
  return parseProxyHeader(bytesOf(connection.read()));
}

Deno.test("a target is told of the client, and of what another proxy said of it", () => {
  const inet = {
    kind: "inet",
    source: { ip: "192.0.2.1", port: 40_000 },
    destination: { ip: "198.51.100.7", port: 443 },
  } as const;
  const value = (text: string): Uint8Array => new TextEncoder().encode(text);
  const own = [{ type: TlvType.uniqueId, value: value("0-0") }];
  const direct = sent("v2", new FakeThread(), "");
  assert.ok(direct.type === "header" && direct.header.addresses?.kind === "inet");
  assert.deepEqual(direct.header.addresses.source, { ip: SENDER, port: 40_000 });
  assert.deepEqual(direct.header.addresses.destination, { ip: "127.0.0.1", port: 5001 });
  assert.deepEqual(direct.header.tlvs, own);

  const passed = [{ type: TlvType.authority, value: value("a.example") }, {
    type: TlvType.alpn,
    value: value("h2"),
  }];
  const dropped = { type: 0xe1, value: value("private") };
  const told = sent("v2", new FakeThread(), v2({ addresses: inet, tlvs: [...passed, dropped] }));
  assert.ok(told.type === "header");
  assert.deepEqual(told.header, {
    version: "v2",
    isLocal: false,
    addresses: inet,
    tlvs: [...passed, ...own],
  });

  const named = [{ type: TlvType.uniqueId, value: value("theirs") }];
  const again = sent("v2", new FakeThread(), v2({ addresses: inet, tlvs: named }));
  assert.ok(again.type === "header");
  assert.deepEqual(again.header.tlvs, named);

  const text = sent("v1", new FakeThread(), V1);
  assert.ok(text.type === "header");
  assert.deepEqual(text.header.addresses, inet);

  const unix = {
    kind: "unix",
    source: new Uint8Array(108).fill(65),
    destination: new Uint8Array(108),
  } as const;
  const path = sent("v2", new FakeThread(), v2({ addresses: unix }));
  assert.ok(path.type === "header");
  assert.deepEqual(path.header.addresses, unix);
});

/** An app in HTTP mode whose endpoints are told of clients, and its clients. */
function httpThread(): FakeThread {
  const fake = new FakeThread();
  const plain = httpApp({ strategy: "first", proxyAccept: accept(false) });
  const [first, ...others] = plain.targets;
  assert.ok(first !== undefined);
  fake.apply([{ ...plain, targets: [{ ...first, sendProxy: "v1" }, ...others] }]);
  return fake;
}

Deno.test("HTTP: Forwarded and the record have the header's client", () => {
  const fake = httpThread();
  const client = fake.client();
  client.send(V1 + request());
  fake.clock.advance(0);
  const endpoint = fake.engine.attempt.open();
  const got = endpoint.read();
  assert.ok(got.startsWith(`${V1}GET / HTTP/1.1\r\n`), got);
  assert.match(got, /Forwarded: for=192\.0\.2\.1;proto=http/);
  assert.equal(endpoint.writes, 1);
  endpoint.send(answer(200, "ok"));
  assert.match(client.read(), /^HTTP\/1.1 200/);
  const [record] = fake.records();
  assert.deepEqual([record?.client_addr, record?.proxy_addr], ["192.0.2.1:40000", "203.0.113.7:40000"]);
});

Deno.test("HTTP: a connection that told of one client carries its next request, and no other client's", () => {
  const fake = httpThread();
  const one = fake.client();
  one.send(request());
  fake.clock.advance(0);
  const own = fake.engine.attempt.open();
  own.read();
  own.send(answer(200));
  one.send(request());
  assert.equal(fake.engine.attempts.length, 1);
  assert.match(own.read(), /^GET /);
  own.send(answer(200));
  const two = fake.client();
  two.send(request());
  fake.clock.advance(0);
  assert.equal(fake.engine.attempts.length, 2);
  assert.match(fake.engine.attempt.open().read(), /^PROXY TCP4 203\.0\.113\.7 /);
  one.sendFin();
  fake.clock.advance(1);
  assert.equal(own.ended, "close");
});
