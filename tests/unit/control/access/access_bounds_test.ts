import fc from "fast-check";
import assert from "node:assert/strict";
import { accessBounds, type AccessRule } from "../../../../src/control/access/access_bounds.ts";
import { packRanges } from "../../../../src/control/access/address_ranges.ts";
import { readCidrRange } from "../../../../src/control/cel/cidr_range.ts";
import { AccessTable, accessTableBytes } from "../../../../src/model/access_table.ts";
import { readIpWords } from "../../../../src/strategy/rules/ip_words.ts";
import { say } from "../../../kit/programs.ts";

/** A rule as `+10.0.0.0/8` or `-10.0.0.0/8`, with as many ranges as are written. */
function rule(text: string): AccessRule {
  const ranges = text.slice(1).split(" ").filter((one) => one !== "").map(readCidrRange);
  return { isAllowed: text.startsWith("+"), ranges: packRanges(ranges) };
}

function tableOf(rules: readonly AccessRule[], isAllowedByDefault: boolean): AccessTable {
  const bounds = accessBounds(rules, isAllowedByDefault);
  const { ipv4, ipv6, allowsFirst } = bounds;
  const ref = { offset: 0, version: 1, ipv4: ipv4.length, ipv6: ipv6.length / 4, allowsFirst };
  const table = new AccessTable(new SharedArrayBuffer(accessTableBytes(bounds)), ref);
  table.fill(bounds);
  return table;
}

function wordsOf(ip: string): Uint32Array {
  const words = new Uint32Array(4);
  assert.ok(readIpWords(ip, words), ip);
  return words;
}

/** Those of the addresses that are allowed. */
function allowed(table: AccessTable, ...ips: readonly string[]): string[] {
  return ips.filter((ip) => table.allows(wordsOf(ip)));
}

Deno.test("the first rule that is about an address counts, then the default", () => {
  const rules = ["-10.1.2.3", "+10.1.0.0/16", "-10.0.0.0/8", "+2001:db8::/32"].map(rule);
  const ips = ["10.1.2.2", "10.1.2.3", "10.1.2.4", "10.2.0.0", "11.0.0.0", "2001:db8::1", "2001:db9::"];
  assert.deepEqual(allowed(tableOf(rules, false), ...ips), ["10.1.2.2", "10.1.2.4", "2001:db8::1"]);
  assert.deepEqual(allowed(tableOf(rules, true), ...ips), [
    "10.1.2.2",
    "10.1.2.4",
    "11.0.0.0",
    "2001:db8::1",
    "2001:db9::",
  ]);
});

Deno.test("ranges may begin at the first address and end at the last", () => {
  const all = ["0.0.0.0", "127.255.255.255", "128.0.0.0", "255.255.255.255"];
  assert.deepEqual(allowed(tableOf([rule("+0.0.0.0/0")], false), ...all), all);
  assert.deepEqual(allowed(tableOf([rule("-0.0.0.0/1")], true), ...all), all.slice(2));
  assert.deepEqual(allowed(tableOf([rule("-128.0.0.0/1")], true), ...all), all.slice(0, 2));
  const last = "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff";
  assert.deepEqual(allowed(tableOf([rule(`+${last}`)], false), "::", last), [last]);
  assert.deepEqual(allowed(tableOf([rule("+::/0")], false), "::", last), ["::", last]);
});

Deno.test("an IPv4 address as an IPv6 one counts as IPv4, and IPv6 ranges are not about IPv4", () => {
  const table = tableOf([rule("+10.0.0.0/8"), rule("+::ffff:192.0.2.0/120")], false);
  assert.deepEqual(allowed(table, "::ffff:10.1.1.1", "192.0.2.7", "::ffff:11.0.0.1", "::a01:101"), [
    "::ffff:10.1.1.1",
    "192.0.2.7",
  ]);
  assert.deepEqual(allowed(tableOf([rule("+::/0")], false), "10.0.0.1", "::ffff:10.0.0.1", "::1"), ["::1"]);
});

Deno.test("a table whose memory became another's allows nobody", () => {
  const memory = new SharedArrayBuffer(64);
  const bounds = accessBounds([], true);
  const ref = { offset: 0, version: 1, ipv4: 0, ipv6: 0, allowsFirst: true };
  const table = new AccessTable(memory, ref);
  table.fill(bounds);
  assert.deepEqual(allowed(table, "10.0.0.1"), ["10.0.0.1"]);
  new AccessTable(memory, { ...ref, version: 2 }).fill(bounds);
  assert.deepEqual(allowed(table, "10.0.0.1"), []);
});

/** Few addresses and ranges close to each other, so that they meet; also at the ends. */
const word = fc.constantFrom(0, 1, 2, 3, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff);
const ipv4 = word.map((one) => [0, 0, 0xffff, one]);
const ipv6 = fc.tuple(word, word, word, word).map((all) => [...all]);
const address = fc.oneof(ipv4, ipv6);
const range = fc.oneof(
  fc.tuple(ipv4, fc.integer({ min: 96, max: 128 })),
  fc.tuple(ipv6, fc.integer({ min: 0, max: 128 })),
);
const anyRule = fc.tuple(fc.boolean(), fc.array(range, { maxLength: 5 }));

function isIpv4(words: readonly number[]): boolean {
  return words[0] === 0 && words[1] === 0 && words[2] === 0xffff;
}

/** Whether a range has an address, bit by bit. */
function has([start, bits]: readonly [readonly number[], number], words: readonly number[]): boolean {
  if (isIpv4(words) !== (isIpv4(start) && bits >= 96)) return false;
  for (let bit = 0; bit < bits; bit++) {
    const mask = 2 ** (31 - bit % 32);
    const at = bit >>> 5;
    if (Math.floor(start[at]! / mask) % 2 !== Math.floor(words[at]! / mask) % 2) return false;
  }
  return true;
}

Deno.test("property: bounds say of each address what the rules say, one after another", () => {
  fc.assert(
    fc.property(
      fc.array(anyRule, { maxLength: 6 }),
      fc.boolean(),
      fc.array(address, { minLength: 1, maxLength: 20 }),
      (rules, isAllowedByDefault, addresses) => {
        const packed = rules.map(([isAllowed, ranges]) => ({
          isAllowed,
          ranges: packRanges(
            ranges.map(([[a = 0, b = 0, c = 0, d = 0], bits]) => ({ words: [a, b, c, d], bits })),
          ),
        }));
        const table = tableOf(packed, isAllowedByDefault);
        for (const words of addresses) {
          const first = rules.find(([, ranges]) => ranges.some((one) => has(one, words)));
          assert.equal(table.allows(Uint32Array.from(words)), first?.[0] ?? isAllowedByDefault);
        }
      },
    ),
    { numRuns: 2_000 },
  );
});

Deno.test("of 100,000 ranges an address is looked up in less than a microsecond", () => {
  const count = 100_000;
  const ranges = (isIpv4Range: boolean): AccessRule => ({
    isAllowed: false,
    ranges: packRanges(Array.from({ length: count }, (_, index) => {
      const start = index * 40_000;
      return isIpv4Range
        ? { words: [0, 0, 0xffff, start], bits: 124 }
        : { words: [0x20010db8, start, 0, 0], bits: 56 };
    })),
  });
  const startedAt = performance.now();
  const table = tableOf([ranges(true), ranges(false)], true);
  const builtMs = performance.now() - startedAt;
  const nanoseconds = (ip: (index: number) => string): number => {
    const ips = Array.from({ length: 5_000 }, (_, index) => ip(index));
    const words = new Uint32Array(4);
    let found = 0;
    const one = (): number => {
      const from = performance.now();
      for (const text of ips) found += readIpWords(text, words) && table.allows(words) ? 1 : 0;
      return (performance.now() - from) * 1e6 / ips.length;
    };
    const best = Math.min(...Array.from({ length: 40 }, one));
    assert.ok(found > 0);
    return best;
  };
  const v4 = nanoseconds((index) => `${index % 256}.${index * 7 % 256}.${index * 13 % 256}.${index % 251}`);
  const v6 = nanoseconds((index) =>
    `2001:db8:${(index * 13).toString(16)}:${(index % 4096).toString(16)}::1`
  );
  say(
    `200,000 ranges: built in ${builtMs.toFixed(0)} ms; a lookup from text takes ${
      v4.toFixed(0)
    } ns (IPv4), ` +
      `${v6.toFixed(0)} ns (IPv6)`,
  );
  assert.ok(v4 < 1_000, `${v4} ns`);
  assert.ok(v6 < 1_000, `${v6} ns`);
});
