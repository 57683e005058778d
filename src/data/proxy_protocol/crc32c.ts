/** The polynomial of Castagnoli, its bits reversed (RFC 3720 appendix B.4). */
const POLYNOMIAL = 0x82f63b78;

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++) {
    remainder = (remainder & 1) === 0 ? remainder >>> 1 : (remainder >>> 1) ^ POLYNOMIAL;
  }
  return remainder;
});

/** CRC-32C of bytes, as if the four from `zeroAt` on were 0: where the checksum itself is. */
export function crc32c(bytes: Uint8Array, zeroAt: number): number {
  let remainder = 0xffffffff;
  for (let at = 0; at < bytes.length; at++) {
    const byte = at >= zeroAt && at < zeroAt + 4 ? 0 : bytes[at]!;
    remainder = (remainder >>> 8) ^ TABLE[(remainder ^ byte) & 255]!;
  }
  return ~remainder >>> 0;
}
