import assert from "node:assert/strict";
import { RecordType } from "../../../../../src/control/dns/wire/record_type.ts";
import {
  addressData,
  encodeUpdate,
  serviceData,
} from "../../../../../src/region/fronts/dns/update_message.ts";

/** Bytes as people read them, without spaces. */
function hex(...parts: readonly string[]): string {
  return parts.join("").replaceAll(/\s/g, "");
}

const ZONE = "07 6578616d706c65 03 636f6d 00";
const WEB = `03 776562 ${ZONE}`;

Deno.test("dns update: the bytes of RFC 2136", () => {
  const bytes = encodeUpdate({
    id: 0x1234,
    zone: "example.com",
    plainNames: ["web.example.com"],
    sets: [
      { name: "web.example.com", type: RecordType.A, ttl: 30, data: [addressData("10.0.0.1")!.data] },
      { name: "web.example.com", type: RecordType.AAAA, ttl: 30, data: [] },
    ],
  });
  assert.equal(
    bytes.toHex(),
    hex(
      // Id, opcode UPDATE; one zone, one prerequisite, three changes, nothing additional.
      "1234 2800 0001 0001 0003 0000",
      `${ZONE} 0006 0001`,
      // No CNAME (class NONE).
      `${WEB} 0005 00fe 00000000 0000`,
      // Delete the set (class ANY), add one, delete the other set.
      `${WEB} 0001 00ff 00000000 0000`,
      `${WEB} 0001 0001 0000001e 0004 0a000001`,
      `${WEB} 001c 00ff 00000000 0000`,
    ),
  );
});

Deno.test("dns update: data of records", () => {
  assert.equal(addressData("fd00::1")?.type, RecordType.AAAA);
  assert.equal(addressData("fd00::1")?.data.toHex(), "fd000000000000000000000000000001");
  assert.equal(addressData("node-1.example"), null);
  assert.equal(serviceData(256, 8080, "web.example.com").toHex(), hex(`0000 0100 1f90 ${WEB}`));
});

Deno.test("dns update: what does not fit into a message is refused", () => {
  const data = Array.from({ length: 2_000 }, () => addressData("10.0.0.1")!.data);
  const set = { name: "web.example.com", type: RecordType.A, ttl: 30, data };
  assert.throws(
    () => encodeUpdate({ id: 1, zone: "example.com", plainNames: [], sets: [set, set] }),
    /is too long/,
  );
});
