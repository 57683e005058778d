import assert from "node:assert/strict";
import { sign, type TsigKey, verify } from "../../../../../src/region/fronts/dns/tsig.ts";
import { readTsigKey } from "../../../../../src/region/fronts/dns/tsig_key.ts";
import { encodeUpdate } from "../../../../../src/region/fronts/dns/update_message.ts";
import { readUpdateReply } from "../../../../../src/region/fronts/dns/update_reply.ts";

const KEY: TsigKey = {
  name: "Fproxy",
  algorithm: "hmac-sha256",
  secret: Uint8Array.from({ length: 32 }, (_, at) => at),
};
const NOW = 1_800_000_000;
const UPDATE = encodeUpdate({ id: 0x1234, zone: "example.com", plainNames: [], sets: [] });

Deno.test("tsig: a signed message has the bytes that the RFC wants", () => {
  const { bytes, mac } = sign(UPDATE, KEY, NOW);
  assert.equal(
    mac.toHex(),
    "0b4fc9cd5a323b370393516774261c9034e76134a821ce4513f65a236ad140f0",
  );
  assert.equal(bytes.subarray(10, 12).toHex(), "0001");
  assert.equal(
    bytes.subarray(UPDATE.length).toHex(),
    // Name, type, class, time to live, length; algorithm, time, fudge, signature, id, error, other.
    `064670726f787900 00fa 00ff 00000000 003d 0b686d61632d73686132353600 00006b49d200 012c 0020 ${mac.toHex()} 1234 0000 0000`
      .replaceAll(" ", ""),
  );
});

/** An answer as a server with that key makes it. */
function answer(requestMac: Uint8Array, key: TsigKey, at: number): Uint8Array {
  const message = UPDATE.slice();
  message[2]! |= 0x80;
  // A server signs the request's signature as well, in front of the message.
  const before = Uint8Array.from([0, requestMac.length, ...requestMac]);
  return signAfter(before, message, key, at);
}

/** Signs what follows something else: the same record, made from more. */
function signAfter(before: Uint8Array, message: Uint8Array, key: TsigKey, at: number): Uint8Array {
  const signed = sign(message, key, at).bytes;
  const mac = sign(Uint8Array.from([...before, ...message]), key, at).mac;
  const start = signed.length - 6 - mac.length;
  signed.set(mac, start);
  return signed;
}

Deno.test("tsig: an answer counts only with the key, for its request, unchanged and in time", () => {
  const { mac } = sign(UPDATE, KEY, NOW);
  const check = (bytes: Uint8Array, requestMac = mac, now = NOW): void =>
    verify(bytes, readUpdateReply(bytes), KEY, requestMac, now);
  const good = answer(mac, KEY, NOW + 2);
  check(good);
  // Servers on the way may give it another id.
  const renumbered = good.slice();
  renumbered[0] = 0x99;
  check(renumbered);
  assert.throws(() => check(good, mac, NOW + 400), /the answer was signed 398 s ago/);
  assert.throws(() => check(good, new Uint8Array(32)), /signature of the answer is wrong/);
  const changed = good.slice();
  changed[3]! ^= 5;
  assert.throws(() => check(changed), /signature of the answer is wrong/);
  const otherSecret = { ...KEY, secret: new Uint8Array(32) };
  assert.throws(() => check(answer(mac, otherSecret, NOW)), /signature of the answer is wrong/);
  assert.throws(() => check(answer(mac, { ...KEY, name: "other" }, NOW)), /signed with another key, "other"/);
  const unsigned = UPDATE.slice();
  unsigned[2]! |= 0x80;
  assert.throws(() => check(unsigned), /the answer is not signed/);
});

Deno.test("tsig: what is no answer to an update, or cut off, is refused", () => {
  assert.throws(() => readUpdateReply(UPDATE), /no answer to an update/);
  const { mac } = sign(UPDATE, KEY, NOW);
  const good = answer(mac, KEY, NOW);
  for (let size = 0; size < good.length; size++) {
    assert.throws(() => readUpdateReply(good.subarray(0, size)), /ends after|no answer/);
  }
});

Deno.test("tsig: keys as tsig-keygen writes them, and in one line", () => {
  const secret = "AAECAwQFBgcICQoLDA0ODw==";
  const bytes = Uint8Array.from({ length: 16 }, (_, at) => at);
  const block = `# made today\nkey "edge.example." {\n\talgorithm hmac-sha512;\n\tsecret "${secret}";\n};\n`;
  assert.deepEqual(readTsigKey(block), { name: "edge.example", algorithm: "hmac-sha512", secret: bytes });
  assert.deepEqual(readTsigKey(`# note\nhmac-sha256:edge:${secret}\n`), {
    name: "edge",
    algorithm: "hmac-sha256",
    secret: bytes,
  });
  // Two slashes within a secret begin no comment.
  assert.equal(readTsigKey(`key k { algorithm hmac-sha256; secret "//8="; };`).secret.toHex(), "ffff");
  assert.throws(
    () => readTsigKey(block.replace("hmac-sha512", "hmac-md5")),
    /its algorithm is "hmac-md5": known/,
  );
  assert.throws(() => readTsigKey("nothing of the kind"), /expected what `tsig-keygen` writes/);
  assert.throws(() => readTsigKey('key "a" { algorithm hmac-sha256; };'), /expected what/);
});
