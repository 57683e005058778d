import assert from "node:assert/strict";
import fc from "fast-check";
import { decodeMessage } from "../../../../../src/control/dns/wire/message.ts";
import { encodeQuery } from "../../../../../src/control/dns/wire/query.ts";
import { WireError } from "../../../../../src/control/dns/wire/wire_error.ts";
import {
  decodeQuery,
  encodeName,
  encodeReply,
  serviceData,
  TYPE_A,
  TYPE_AAAA,
  TYPE_CNAME,
  TYPE_SRV,
  type WireRecord,
} from "../../../../kit/dns_message.ts";

const QUESTION = { id: 0xabcd, name: "a.example", type: TYPE_A };
const ADDRESS: WireRecord = { name: "a.example", type: TYPE_A, ttl: 300, data: [10, 0, 0, 1] };

function decodeWith(...answers: WireRecord[]): ReturnType<typeof decodeMessage> {
  return decodeMessage(encodeReply({ ...QUESTION, answers }));
}

/** The message with one 16-bit word of its head replaced. */
function withWord(index: number, value: number): Uint8Array {
  const bytes = encodeReply({ ...QUESTION, answers: [ADDRESS] });
  new DataView(bytes.buffer).setUint16(2 * index, value);
  return bytes;
}

Deno.test("a query has one question and asks for recursion", () => {
  const query = encodeQuery(0xabcd, { name: "my_svc.test", type: TYPE_AAAA });
  assert.deepEqual(decodeQuery(query), { id: 0xabcd, name: "my_svc.test", type: TYPE_AAAA });
  assert.deepEqual([...query.subarray(2, 12)], [1, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
});

Deno.test("addresses and aliases are read with owner and TTL", () => {
  const v6 = [0x20, 0x01, 0x0d, 0xb8, ...new Array<number>(11).fill(0), 1];
  const { id, rcode, truncated, question, answers } = decodeWith(
    { name: "a.example", type: TYPE_CNAME, ttl: 1, data: "b.example" },
    { name: "b.example", type: TYPE_AAAA, ttl: 60, data: v6 },
    { name: "b.example", type: TYPE_A, ttl: 2 ** 31 - 1, data: [192, 0, 2, 255] },
  );
  assert.deepEqual([id, rcode, truncated], [0xabcd, 0, false]);
  assert.deepEqual(question, { name: "a.example", type: TYPE_A });
  assert.deepEqual(answers, [
    { name: "a.example", type: TYPE_CNAME, ttl: 1, data: "b.example" },
    { name: "b.example", type: TYPE_AAAA, ttl: 60, data: "2001:db8::1" },
    { name: "b.example", type: TYPE_A, ttl: 2 ** 31 - 1, data: "192.0.2.255" },
  ]);
});

/** A service on two hosts, with an address of one of them. */
const SERVICE = {
  id: 0xabcd,
  name: "_x._tcp.example",
  type: TYPE_SRV,
  answers: [
    { name: "_x._tcp.example", type: TYPE_SRV, ttl: 9, data: serviceData(65_535, 0, 443, "b.example") },
    { name: "_x._tcp.example", type: TYPE_SRV, ttl: 9, data: serviceData(1, 2, 3, "") },
  ],
  additional: [{ ...ADDRESS, name: "b.example" }],
};

Deno.test("hosts of a service are read, with what comes along", () => {
  const { answers, additional } = decodeMessage(encodeReply(SERVICE));
  assert.deepEqual(answers.map(({ data }) => data), ["65535 0 443 b.example", "1 2 3 "]);
  assert.deepEqual(additional, [{ name: "b.example", type: TYPE_A, ttl: 300, data: "10.0.0.1" }]);
  // What comes along with an address is nobody's business.
  const { name, type } = QUESTION;
  assert.deepEqual(decodeMessage(encodeReply({ ...SERVICE, name, type, answers: [ADDRESS] })).additional, []);
});

Deno.test("a record of a service that is not as long as it says is refused", () => {
  const data = serviceData(1, 2, 3, "b.example");
  for (const broken of [data.slice(0, -1), [...data, 0], data.slice(0, 6), data.slice(0, 3)]) {
    const answers = [{ name: SERVICE.name, type: TYPE_SRV, ttl: 9, data: broken }];
    assert.throws(() => decodeMessage(encodeReply({ ...SERVICE, answers, additional: [] })), WireError);
  }
});

Deno.test("a TTL with the highest bit set is 0", () => {
  assert.equal(decodeWith({ ...ADDRESS, ttl: 0x8000_0000 }).answers[0]?.ttl, 0);
  assert.equal(decodeWith({ ...ADDRESS, ttl: 0xffff_ffff }).answers[0]?.ttl, 0);
});

Deno.test("records of other types and classes are passed over, whatever they hold", () => {
  const { answers } = decodeWith(
    { ...ADDRESS, type: 46, data: [1, 2, 3] },
    { ...ADDRESS, class: 3, data: [1] },
    { ...ADDRESS, type: 65_535, data: [] },
    ADDRESS,
  );
  assert.deepEqual(answers.map(({ data }) => data), ["10.0.0.1"]);
});

Deno.test("addresses and names that are not as long as their record are refused", () => {
  const name = encodeName("b.example");
  const broken: WireRecord[] = [
    { ...ADDRESS, data: [10, 0, 0] },
    { ...ADDRESS, data: [10, 0, 0, 1, 0] },
    { ...ADDRESS, data: [] },
    { ...ADDRESS, type: TYPE_AAAA },
    { ...ADDRESS, type: TYPE_CNAME, data: [...name, 0] },
    { ...ADDRESS, type: TYPE_CNAME, data: name.slice(0, -1) },
    { ...ADDRESS, type: TYPE_CNAME, data: [0xc0, 0xff] },
  ];
  for (const record of broken) {
    assert.throws(() => decodeWith(record), WireError, JSON.stringify(record));
    assert.throws(() => decodeWith(record, ADDRESS), WireError, JSON.stringify(record));
  }
});

Deno.test("what is no reply to a query of one question is refused", () => {
  const words: [number, number][] = [[1, 0x0100], [1, 0xa980], [2, 0], [2, 2], [2, 65_535], [3, 2], [
    3,
    65_535,
  ]];
  for (const [index, value] of words) {
    assert.throws(() => decodeMessage(withWord(index, value)), WireError, `${index} ${value}`);
  }
  assert.throws(() => decodeMessage(encodeQuery(1, QUESTION)), WireError);
});

Deno.test("what a cut message holds is not looked at", () => {
  const whole = encodeReply({ ...QUESTION, truncated: true, answers: [ADDRESS, ADDRESS] });
  for (const bytes of [whole, whole.subarray(0, -7)]) {
    const { truncated, answers } = decodeMessage(bytes);
    assert.deepEqual([truncated, answers], [true, []]);
  }
});

Deno.test("property: a message that ends too early is refused wherever it ends", () => {
  const whole = encodeReply({
    ...QUESTION,
    answers: [{ ...ADDRESS, type: TYPE_CNAME, data: "b.example" }, { ...ADDRESS, name: "b.example" }],
  });
  for (const message of [whole, encodeReply(SERVICE)]) {
    for (let size = 0; size < message.length; size++) {
      assert.throws(() => decodeMessage(message.subarray(0, size)), WireError, `${size}`);
    }
  }
});

Deno.test("property: any bytes are a message or refused, and soon", () => {
  const head = fc.constant(encodeReply({ ...QUESTION, answers: [ADDRESS] }).subarray(0, 27));
  const tail = fc.uint8Array({ maxLength: 300 });
  const hostile = fc.oneof(tail, fc.tuple(head, tail).map(([a, b]) => Uint8Array.from([...a, ...b])));
  fc.assert(fc.property(hostile, (bytes) => decodesOrRefuses(bytes)), { numRuns: 2_000 });
});

Deno.test("property: a message with some bytes changed is a message or refused", () => {
  const whole = encodeReply({
    ...QUESTION,
    answers: [
      { ...ADDRESS, type: TYPE_CNAME, data: "b.example" },
      { ...ADDRESS, name: "b.example" },
      { ...ADDRESS, name: "b.example", type: TYPE_AAAA, data: new Array<number>(16).fill(1) },
    ],
  });
  for (const message of [whole, encodeReply(SERVICE)]) {
    const change = fc.tuple(fc.nat(message.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 6 }), (changes) => {
        const bytes = message.slice();
        for (const [at, value] of changes) bytes[at] = value;
        decodesOrRefuses(bytes);
      }),
      { numRuns: 2_000 },
    );
  }
});

/** @throws whatever is no {@link WireError}. */
function decodesOrRefuses(bytes: Uint8Array): void {
  try {
    const { answers } = decodeMessage(bytes);
    for (const { ttl, type, data } of answers) {
      assert.ok(ttl >= 0 && ttl < 2 ** 31);
      if (type === TYPE_A) assert.match(data, /^\d+\.\d+\.\d+\.\d+$/);
    }
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
  }
}
