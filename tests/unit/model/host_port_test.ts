import fc from "fast-check";
import assert from "node:assert/strict";
import { formatAddress, formatHostPort } from "../../../src/model/address.ts";
import {
  isLoopback,
  parseIpAddress,
  parseListenAddress,
  parseTargetAddress,
} from "../../../src/model/host_port.ts";

const port = fc.integer({ min: 1, max: 65_535 });
const ip = fc.oneof(fc.ipV4(), fc.ipV6());

Deno.test("listen addresses are read in canonical form", () => {
  const cases: [string, string][] = [
    ["5001", "0.0.0.0:5001"],
    ["0", "0.0.0.0:0"],
    ["127.0.0.1:0", "127.0.0.1:0"],
    ["[::]:5001", "[::]:5001"],
    ["[0:0:0:0:0:0:0:1]:5001", "[::1]:5001"],
    ["[FD00::A]:5001", "[fd00::a]:5001"],
    ["[::ffff:10.0.0.1]:5001", "10.0.0.1:5001"],
  ];
  for (const [text, canonical] of cases) {
    const { host, port } = parseListenAddress(text);
    assert.equal(formatHostPort(host, port), canonical, text);
  }
});

/** 253 characters. */
const LONGEST = `${"abcdefghi.".repeat(25)}abc`;

Deno.test("targets are read in canonical form", () => {
  const cases: [string, string][] = [
    ["tcp-echo.fly.dev:5001", "tcp-echo.fly.dev:5001"],
    ["DB_1.Example.:80", "db_1.example.:80"],
    ["localhost:80", "localhost:80"],
    ["10.0.0.7:65535", "10.0.0.7:65535"],
    ["[0::1]:80", "[::1]:80"],
    ["1.2.3.4.example:80", "1.2.3.4.example:80"],
    ["0x7f.example:80", "0x7f.example:80"],
    [`${LONGEST}:80`, `${LONGEST}:80`],
    [`${LONGEST}.:80`, `${LONGEST}.:80`],
  ];
  for (const [text, canonical] of cases) {
    const { host, port } = parseTargetAddress(text);
    assert.equal(formatHostPort(host, port), canonical, text);
  }
});

Deno.test("targets that could not be resolved are refused", () => {
  const tooLong = `${"a".repeat(64)}.example:80`;
  const muchTooLong = `${"abcdefgh.".repeat(30)}example:80`;
  for (
    const text of [
      "db",
      "db:",
      ":80",
      "db:0",
      "db:65536",
      "a..b:80",
      "a-:80",
      "1.2.3:80",
      "256.1.1.1:80",
      "0x7f.0.0.1:80",
      "10.0.0.0X7:80",
      "0x7f000001:80",
      "db.0x:80",
      `x${LONGEST}:80`,
      `x${LONGEST}.:80`,
      tooLong,
      muchTooLong,
    ]
  ) {
    assert.throws(() => parseTargetAddress(text), RangeError, text);
  }
});

Deno.test("an IP address may leave out the usual port", () => {
  const cases: [string, string][] = [
    ["10.0.0.2", "10.0.0.2:53"],
    ["10.0.0.2:5353", "10.0.0.2:5353"],
    ["fd00::2", "[fd00::2]:53"],
    ["[fd00::2]", "[fd00::2]:53"],
    ["[fd00::2]:5353", "[fd00::2]:5353"],
  ];
  for (const [text, canonical] of cases) {
    assert.equal(formatAddress(parseIpAddress(text, 53)), canonical, text);
  }
  for (const text of ["dns.example", "dns.example:53", "10.0.0.2:0", "10.0.0.2:x", "", "[fd00::2"]) {
    assert.throws(() => parseIpAddress(text, 53), RangeError, text);
  }
});

Deno.test("isLoopback knows both families and no names", () => {
  for (const text of ["127.0.0.1", "127.255.0.9", "::1"]) assert.equal(isLoopback(text), true, text);
  for (const text of ["10.0.0.1", "0.0.0.0", "::", "localhost", ""]) {
    assert.equal(isLoopback(text), false, text);
  }
});

Deno.test("parsing a formatted address gives the same address, for all three kinds", () => {
  fc.assert(
    fc.property(ip, port, (ip, port) => {
      const listen = parseListenAddress(formatHostPort(ip, port));
      assert.equal(listen.port, port);
      const { host } = listen;
      assert.deepEqual(parseListenAddress(formatHostPort(host, port)), listen);
      const target = parseTargetAddress(formatHostPort(ip, port));
      assert.deepEqual(target, { host, port });
      assert.deepEqual(parseIpAddress(formatHostPort(host, port), 53), { ip: host, port });
      assert.deepEqual(parseIpAddress(host, port), { ip: host, port });
    }),
    { numRuns: 500 },
  );
});

Deno.test("parsing a formatted name gives the same name", () => {
  fc.assert(fc.property(fc.domain(), port, (host, port) => {
    assert.deepEqual(parseTargetAddress(formatHostPort(host, port)), { host: host.toLowerCase(), port });
  }));
});

Deno.test("whatever the text, addresses are read or refused with a RangeError", () => {
  const text = fc.oneof(
    fc.string(),
    fc.array(fc.constantFrom("[", "]", ":", "::", ".", "0", "1", "255", "f", "a", "%", "80", "://")).map((
      parts,
    ) => parts.join("")),
  );
  fc.assert(
    fc.property(text, (text) => {
      for (
        const parse of [
          parseListenAddress,
          parseTargetAddress,
          (text: string): unknown => parseIpAddress(text, 53),
        ]
      ) {
        try {
          parse(text);
        } catch (error) {
          assert.ok(error instanceof RangeError, String(error));
        }
      }
    }),
    { numRuns: 3000 },
  );
});
