import assert from "node:assert/strict";
import fc from "fast-check";
import { seededRandom } from "../../../../src/base/random.ts";
import {
  encodeProxyHeader,
  type ToldHeader,
} from "../../../../src/data/proxy_protocol/encode_proxy_header.ts";
import { parseProxyHeader } from "../../../../src/data/proxy_protocol/parse_proxy_header.ts";
import { MAX_PROXY_HEADER_BYTES } from "../../../../src/data/proxy_protocol/parse_v2.ts";
import type { ProxyParse } from "../../../../src/data/proxy_protocol/proxy_parse.ts";
import type { ProxyVersion } from "../../../../src/model/proxy_protocol.ts";
import { say } from "../../../kit/programs.ts";
import { BROKEN, bytesOf, IPV4, summed, told, toldInText, v2 } from "./headers.ts";

const IS_FULL = Deno.env.get("FPROXY_TEST_FULL") === "1";
const MUTATIONS = IS_FULL ? 100_000 : 5_000;

/** What comes of a header, and of bytes behind it. */
function reread(version: ProxyVersion, header: ToldHeader): void {
  const bytes = encodeProxyHeader(version, header);
  const found = parseProxyHeader(Uint8Array.from([...bytes, 1, 2, 3]));
  assert.ok(found.type === "header", JSON.stringify(found));
  assert.equal(found.length, bytes.length);
  assert.deepEqual(found.header, { version, ...header });
}

Deno.test("what is encoded is read back", () => {
  fc.assert(fc.property(told, (header) => reread("v2", header)));
  fc.assert(fc.property(toldInText, (header) => reread("v1", header)));
});

Deno.test("any part of a header asks for more, and all of it, in pieces or not, gives the same", () => {
  const headers = fc.oneof(
    told.map((header) => encodeProxyHeader("v2", header)),
    toldInText.map((header) => encodeProxyHeader("v1", header)),
    fc.constantFrom(...Object.values(BROKEN)),
  );
  fc.assert(fc.property(headers, fc.nat(), (bytes, cut) => {
    const whole = parseProxyHeader(bytes);
    const part = parseProxyHeader(bytes.subarray(0, cut % bytes.length));
    // Of a broken one the mistake may show before its end; it is the same one then.
    if (part.type !== "more") assert.deepEqual(part, whole);
  }));
});

Deno.test("addresses of different families are told as IPv6 by both versions", () => {
  const addresses = {
    kind: "inet",
    source: { ip: "192.0.2.1", port: 1 },
    destination: { ip: "2001:db8::1", port: 2 },
  } as const;
  const header = { isLocal: false, addresses, tlvs: [] };
  const text = new TextDecoder().decode(encodeProxyHeader("v1", header));
  assert.equal(text, "PROXY TCP6 ::ffff:192.0.2.1 2001:db8::1 1 2\r\n");
  for (const version of ["v1", "v2"] as const) reread(version, header);
});

Deno.test("what version 1 has no words for is unknown", () => {
  const unix = { kind: "unix", source: new Uint8Array(108), destination: new Uint8Array(108) } as const;
  for (const addresses of [unix, null]) {
    const bytes = encodeProxyHeader("v1", { isLocal: false, addresses, tlvs: [] });
    assert.equal(new TextDecoder().decode(bytes), "PROXY UNKNOWN\r\n");
  }
});

Deno.test("a header that is local is as short as can be", () => {
  const local = { isLocal: true, addresses: null, tlvs: [] };
  assert.equal(new TextDecoder().decode(encodeProxyHeader("v1", local)), "PROXY UNKNOWN\r\n");
  assert.deepEqual([...encodeProxyHeader("v2", local)], [...v2(0, [], { command: 0x20 })]);
});

Deno.test(`${MUTATIONS} headers with mistakes: no exception, and nothing read twice as long as it may be`, () => {
  const seed = Math.floor(Math.random() * 2 ** 31);
  say(`proxy_header_property_test: ${MUTATIONS} mutations, seed ${seed}; FPROXY_TEST_FULL=1 takes 100,000`);
  const random = seededRandom(seed);
  const seeds = [
    bytesOf("PROXY TCP4 192.0.2.1 198.51.100.7 40000 443\r\n"),
    bytesOf("PROXY TCP6 2001:db8::1 ::1 40000 443\r\n"),
    bytesOf("PROXY UNKNOWN\r\n"),
    v2(0x11, IPV4),
    summed([...IPV4, 2, 0, 1, 97]),
    ...Object.values(BROKEN),
  ];
  const kinds = new Map<ProxyParse["type"], number>();
  for (let round = 0; round < MUTATIONS; round++) {
    const bytes = mutated(seeds[Math.floor(random() * seeds.length)]!, random);
    const found = parseProxyHeader(bytes);
    kinds.set(found.type, (kinds.get(found.type) ?? 0) + 1);
    check(found, bytes);
  }
  // Mutations that only ever make one thing of headers would show nothing.
  assert.deepEqual([...kinds.keys()].sort(), ["broken", "header", "more", "none"]);
});

/** Whoever reads on until it is decided has a bounded number of bytes by then, and never changes its mind. */
function check(found: ProxyParse, bytes: Uint8Array): void {
  if (found.type === "more") assert.ok(bytes.length < MAX_PROXY_HEADER_BYTES);
  if (found.type === "header") assert.ok(found.length <= Math.min(bytes.length, MAX_PROXY_HEADER_BYTES));
  const longer = parseProxyHeader(Uint8Array.from([...bytes, 0x0a]));
  if (found.type !== "more") assert.deepEqual(longer, found);
}

function mutated(bytes: Uint8Array, random: () => number): Uint8Array {
  const out = [...bytes];
  const at = (): number => Math.floor(random() * out.length);
  for (let left = 1 + Math.floor(random() * 4); left > 0; left--) {
    const kind = Math.floor(random() * 5);
    if (kind === 0) out[at()] = Math.floor(random() * 256);
    else if (kind === 1) out.splice(at(), 1);
    else if (kind === 2) out.splice(at(), 0, Math.floor(random() * 256));
    else if (kind === 3) out.length = at();
    else out.push(...out.slice(at(), at() + 8));
  }
  return Uint8Array.from(out.slice(0, 5_000));
}
