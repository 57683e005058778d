import { ByteReader } from "../../../control/dns/wire/byte_reader.ts";
import { readName } from "../../../control/dns/wire/name.ts";
import { WireError } from "../../../control/dns/wire/wire_error.ts";

/** The record that signs a message (RFC 8945 section 4.2). */
export interface TsigRecord {
  /** Name of the key, lower case. */
  readonly key: string;
  readonly algorithm: string;
  /** Seconds since the Unix epoch. */
  readonly signedAt: number;
  /** Seconds by which clocks may differ. */
  readonly fudge: number;
  readonly mac: Uint8Array;
  readonly originalId: number;
  /** Why the server did not accept the signature of the request; 0 where it did. */
  readonly error: number;
  readonly other: Uint8Array;
  /** Where the record begins in the message. */
  readonly start: number;
}

/** What a server answered to an update. */
export interface UpdateReply {
  readonly id: number;
  /** Response code (RFC 2136 section 2.2): 0 where it was done. */
  readonly rcode: number;
  /** Null where the answer is not signed. */
  readonly tsig: TsigRecord | null;
}

/** Type of the record that signs a message. */
export const TYPE_TSIG = 250;
const IS_RESPONSE = 0x8000;
const OPCODE = 0x7800;
const UPDATE = 0x2800;
const RCODE = 0x000f;

/** Reads an answer to an update. @throws {WireError} where it is none, or broken. */
export function readUpdateReply(bytes: Uint8Array): UpdateReply {
  const reader = new ByteReader(bytes);
  const id = reader.u16();
  const flags = reader.u16();
  if ((flags & IS_RESPONSE) === 0 || (flags & OPCODE) !== UPDATE) {
    throw new WireError("the message is no answer to an update");
  }
  const questions = reader.u16();
  const records = reader.u16() + reader.u16() + reader.u16();
  for (let at = 0; at < questions; at++) {
    readName(reader);
    reader.take(4);
  }
  let tsig: TsigRecord | null = null;
  for (let at = 0; at < records; at++) {
    if (tsig !== null) throw new WireError("the signature is not the last record");
    tsig = readRecord(reader);
  }
  return { id, rcode: flags & RCODE, tsig };
}

/** Null for a record of another kind, which is passed over. */
function readRecord(reader: ByteReader): TsigRecord | null {
  const start = reader.at;
  const key = readName(reader);
  const type = reader.u16();
  reader.take(6);
  const data = new ByteReader(reader.take(reader.u16()));
  if (type !== TYPE_TSIG) return null;
  return {
    key,
    algorithm: readName(data),
    signedAt: data.u16() * 2 ** 32 + data.u32(),
    fudge: data.u16(),
    mac: data.take(data.u16()),
    originalId: data.u16(),
    error: data.u16(),
    other: data.take(data.u16()),
    start,
  };
}
