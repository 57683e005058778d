import assert from "node:assert/strict";
import { crc32c } from "../../../../src/data/proxy_protocol/crc32c.ts";
import { bytesOf } from "./headers.ts";

/** RFC 3720 appendix B.4. */
Deno.test("CRC-32C as published", () => {
  assert.equal(crc32c(bytesOf("123456789"), -4), 0xe3069283);
  assert.equal(crc32c(new Uint8Array(32), -4), 0x8a9136aa);
  assert.equal(crc32c(new Uint8Array(32).fill(0xff), -4), 0x62a8ab43);
});

Deno.test("its own four bytes count as zeros", () => {
  assert.equal(
    crc32c(Uint8Array.from([1, 2, 9, 9, 9, 9, 3]), 2),
    crc32c(Uint8Array.from([1, 2, 0, 0, 0, 0, 3]), -4),
  );
});
