import assert from "node:assert/strict";
import fc from "fast-check";
import { MAX_CNAME_CHAIN } from "../../../../src/base/limits.ts";
import { readAnswer } from "../../../../src/control/dns/answer.ts";
import type { DnsRecord, Message } from "../../../../src/control/dns/wire/message.ts";
import { WireError } from "../../../../src/control/dns/wire/wire_error.ts";
import { TYPE_A, TYPE_AAAA, TYPE_CNAME } from "../../../kit/dns_message.ts";

const alias = (name: string, data: string, ttl = 300): DnsRecord => ({ name, type: TYPE_CNAME, ttl, data });
const address = (name: string, data: string, ttl = 300): DnsRecord => ({ name, type: TYPE_A, ttl, data });

function message(answers: readonly DnsRecord[], rcode = 0): Message {
  return {
    id: 1,
    truncated: false,
    rcode,
    question: { name: "a.example", type: TYPE_A },
    answers,
    additional: [],
  };
}

Deno.test("the smallest TTL of aliases and addresses counts, wherever it stands", () => {
  for (const [first, second, third, fourth] of [[1, 9, 9, 9], [9, 1, 9, 9], [9, 9, 1, 9], [9, 9, 9, 1]]) {
    const answers = [
      alias("a.example", "b.example", first),
      alias("b.example", "c.example", second),
      address("c.example", "10.0.0.1", third),
      address("c.example", "10.0.0.2", fourth),
    ];
    const wanted = { values: ["10.0.0.1", "10.0.0.2"], ttlMs: 1_000, exists: true, additional: new Map() };
    assert.deepEqual(readAnswer(message(answers)), wanted);
    // The order of records means nothing.
    assert.deepEqual(readAnswer(message([answers[3]!, answers[1]!, answers[0]!, answers[2]!])).ttlMs, 1_000);
  }
});

Deno.test("records that do not belong to the question have no say", () => {
  const answers = [
    address("other.example", "10.9.9.9", 1),
    alias("other.example", "a.example", 1),
    { ...address("a.example", "fd00::1", 1), type: TYPE_AAAA },
    address("a.example", "10.0.0.1", 20),
  ];
  assert.deepEqual(readAnswer(message(answers)), {
    values: ["10.0.0.1"],
    ttlMs: 20_000,
    exists: true,
    additional: new Map(),
  });
});

Deno.test("no record, and no such name, are told apart", () => {
  assert.deepEqual(readAnswer(message([])), { values: [], ttlMs: null, exists: true, additional: new Map() });
  assert.deepEqual(readAnswer(message([], 3)), {
    values: [],
    ttlMs: null,
    exists: false,
    additional: new Map(),
  });
  const dangling = [alias("a.example", "b.example")];
  assert.deepEqual(readAnswer(message(dangling)), {
    values: [],
    ttlMs: null,
    exists: true,
    additional: new Map(),
  });
  assert.deepEqual(readAnswer(message(dangling, 3)), {
    values: [],
    ttlMs: null,
    exists: false,
    additional: new Map(),
  });
});

Deno.test("aliases in a circle, and in a row without end, are refused", () => {
  assert.throws(() => readAnswer(message([alias("a.example", "a.example")])), WireError);
  assert.throws(
    () => readAnswer(message([alias("a.example", "b.example"), alias("b.example", "a.example")])),
    WireError,
  );
  const row = (length: number): DnsRecord[] => [
    ...Array.from({ length }, (_, i) => alias(i === 0 ? "a.example" : `${i}.example`, `${i + 1}.example`)),
    address(`${length}.example`, "10.0.0.1"),
  ];
  assert.deepEqual(readAnswer(message(row(MAX_CNAME_CHAIN))).values, ["10.0.0.1"]);
  assert.throws(() => readAnswer(message(row(MAX_CNAME_CHAIN + 1))), WireError);
});

Deno.test("property: a TTL is never longer than that of any record on the way", () => {
  const ttl = fc.nat(86_400);
  fc.assert(fc.property(fc.array(ttl, { maxLength: MAX_CNAME_CHAIN }), ttl, (aliases, last) => {
    const names = ["a.example", ...aliases.map((_, i) => `${i}.example`)];
    const chain = aliases.map((one, i) => alias(names[i] ?? "", names[i + 1] ?? "", one));
    const answers = [address(names.at(-1) ?? "", "10.0.0.1", last), ...chain.toReversed()];
    assert.equal(readAnswer(message(answers)).ttlMs, 1_000 * Math.min(last, ...aliases));
  }));
});
