import { crc32c } from "./crc32c.ts";
import { MAX_UNIQUE_ID_BYTES, type ProxyTlv, TlvType } from "./proxy_header.ts";

/** Type, and length in two bytes. */
const HEAD_BYTES = 3;
/** What `ssl` has before its own TLVs: flags, and the result of the verification. */
const SSL_HEAD_BYTES = 5;
const CRC_BYTES = 4;

/**
 * Reads what is behind the addresses of a header of version 2.
 * @param bytes the whole header. @param start where they begin.
 * @returns what is wrong with them where something is.
 */
export function readTlvs(bytes: Uint8Array, start: number): ProxyTlv[] | string {
  const tlvs: ProxyTlv[] = [];
  for (let at = start; at < bytes.length;) {
    const end = endOf(bytes, at);
    if (end < 0) return "has a TLV that does not fit into it";
    const type = bytes[at]!;
    const error = mistakeIn(bytes, type, at + HEAD_BYTES, end);
    if (error !== null) return error;
    const isOfHeader = type === TlvType.noop || type === TlvType.crc32c;
    if (!isOfHeader) tlvs.push({ type, value: bytes.slice(at + HEAD_BYTES, end) });
    at = end;
  }
  return tlvs;
}

/** Where the TLV that begins there ends, -1 where that is behind the end of the bytes. */
function endOf(bytes: Uint8Array, at: number): number {
  if (at + HEAD_BYTES > bytes.length) return -1;
  const end = at + HEAD_BYTES + bytes[at + 1]! * 256 + bytes[at + 2]!;
  return end > bytes.length ? -1 : end;
}

function mistakeIn(bytes: Uint8Array, type: number, start: number, end: number): string | null {
  switch (type) {
    case TlvType.crc32c:
      return isSum(bytes, start, end) ? null : "has a checksum that is not its own";
    case TlvType.uniqueId:
      return end - start > MAX_UNIQUE_ID_BYTES
        ? `has a unique id of more than ${MAX_UNIQUE_ID_BYTES} bytes`
        : null;
    case TlvType.ssl:
      return isSsl(bytes.subarray(start, end)) ? null : "has an SSL block that is broken";
    default:
      return null;
  }
}

function isSum(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start !== CRC_BYTES) return false;
  const told = new DataView(bytes.buffer, bytes.byteOffset + start, CRC_BYTES).getUint32(0);
  return told === crc32c(bytes, start);
}

function isSsl(value: Uint8Array): boolean {
  if (value.length < SSL_HEAD_BYTES) return false;
  let at = SSL_HEAD_BYTES;
  while (at >= 0 && at < value.length) at = endOf(value, at);
  return at === value.length;
}
