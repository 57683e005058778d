import type { ByteReader } from "./byte_reader.ts";
import { WireError } from "./wire_error.ts";

/** Bytes of a label (RFC 1035 section 2.3.4). */
const MAX_LABEL = 63;
/** Bytes of a whole name, its lengths and the root's included. */
const MAX_NAME = 255;
/** A pointer leads to one label at least, and a name has no more: who follows more of them is led astray. */
const MAX_POINTERS = 127;
/** The two high bits of a length: none for a label, both for a pointer (RFC 1035 section 4.1.4). */
const KIND = 0xc0;

/**
 * A name as it goes over the wire, without compression. A dot at its end is the root's and adds nothing.
 * @throws {WireError} when it is too long, has an empty label, or bytes other than ASCII.
 */
export function encodeName(name: string): Uint8Array {
  const labels = name.endsWith(".") ? name.slice(0, -1).split(".") : name.split(".");
  const bytes = labels.flatMap((label) => {
    if (label === "" || label.length > MAX_LABEL || !/^[\x21-\x7e]+$/.test(label)) {
      throw new WireError(`"${name}" is not a name of 1 to ${MAX_LABEL} ASCII characters between dots`);
    }
    return [label.length, ...new TextEncoder().encode(label)];
  });
  if (bytes.length + 1 > MAX_NAME) throw new WireError(`"${name}" is longer than ${MAX_NAME - 2} characters`);
  return Uint8Array.from([...bytes, 0]);
}

/**
 * Reads a name, following compression. Case means nothing in names, so all is lower case; a byte that could be taken
 * for a dot, or is not printable, becomes `\DDD` (RFC 1035 section 5.1): names are the same only if their labels are.
 * @returns labels with dots between them; the root is "".
 * @throws {WireError} when it is too long, or its pointers do not lead strictly backwards.
 */
export function readName(reader: ByteReader): string {
  const labels: string[] = [];
  let size = 1;
  let pointers = 0;
  let start = reader.at;
  /** Where reading goes on after the first pointer. */
  let end: number | null = null;
  for (;;) {
    const length = reader.u8();
    if (length === 0) break;
    if ((length & KIND) === 0) {
      size += length + 1;
      if (size > MAX_NAME) throw new WireError(`a name has more than ${MAX_NAME} bytes`);
      labels.push(labelText(reader.take(length)));
    } else if ((length & KIND) === KIND) {
      const target = (length & ~KIND) << 8 | reader.u8();
      end ??= reader.at;
      if (target >= start || ++pointers > MAX_POINTERS) {
        throw new WireError("a name's pointers lead nowhere");
      }
      reader.at = start = target;
    } else {
      throw new WireError(`a label has the unknown type ${length >>> 6}`);
    }
  }
  reader.at = end ?? reader.at;
  return labels.join(".");
}

function labelText(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) {
    const char = String.fromCharCode(byte);
    const isPlain = byte > 0x20 && byte < 0x7f && char !== "." && char !== "\\";
    text += isPlain ? char.toLowerCase() : `\\${String(byte).padStart(3, "0")}`;
  }
  return text;
}
