import ipaddr from "ipaddr.js";
import { ByteReader } from "./byte_reader.ts";
import { readName } from "./name.ts";
import type { Question } from "./query.ts";
import { CLASS_IN, RecordType } from "./record_type.ts";
import { WireError } from "./wire_error.ts";

/** A record of a known type. */
export interface DnsRecord {
  /** Owner, as `readName` gives it. */
  readonly name: string;
  readonly type: number;
  /** Seconds. */
  readonly ttl: number;
  /** An IP literal in canonical form, the name that a CNAME stands for, or of SRV `PRIORITY WEIGHT PORT NAME`. */
  readonly data: string;
}

/** The parts of a reply that count here. */
export interface Message {
  readonly id: number;
  /** Cut short: the rest is to be had over TCP. The answers are left out then. */
  readonly truncated: boolean;
  /** Response code (RFC 1035 section 4.1.1). */
  readonly rcode: number;
  readonly question: Question;
  /** Records of known types, in order. */
  readonly answers: readonly DnsRecord[];
  /** What the server adds of itself to a reply about a service: addresses of its hosts. Empty to other questions. */
  readonly additional: readonly DnsRecord[];
}

/** Response code of a name that does not exist. */
export const NXDOMAIN = 3;

const IS_RESPONSE = 0x8000;
const OPCODE = 0x7800;
const TRUNCATED = 0x0200;
const RCODE = 0x000f;
/** A TTL with the highest bit set counts as 0 (RFC 2181 section 8). */
const MAX_TTL = 0x7fff_ffff;

/**
 * Reads a reply to a standard query of one question. Records of other types or classes are passed over, and so are the
 * sections behind the answers, unless the question is about a service.
 * @throws {WireError} when it is anything else, or broken in any of what is read.
 */
export function decodeMessage(bytes: Uint8Array): Message {
  const reader = new ByteReader(bytes);
  const id = reader.u16();
  const flags = reader.u16();
  if ((flags & IS_RESPONSE) === 0) throw new WireError("the message is not a reply");
  if ((flags & OPCODE) !== 0) throw new WireError("the message replies to no standard query");
  const questions = reader.u16();
  if (questions !== 1) throw new WireError(`the message has ${questions} questions, not 1`);
  const count = reader.u16();
  const authorities = reader.u16();
  const additions = reader.u16();
  const question = readQuestion(reader);
  const truncated = (flags & TRUNCATED) !== 0;
  // What was cut may end within a record.
  const answers = truncated ? [] : readRecords(reader, count);
  const reachesOn = !truncated && question.type === RecordType.SRV;
  const additional = reachesOn ? readRecords(reader, authorities + additions) : [];
  return { id, truncated, rcode: flags & RCODE, question, answers, additional };
}

/** However many are announced: each takes bytes, and the message has an end. */
function readRecords(reader: ByteReader, count: number): DnsRecord[] {
  const records: DnsRecord[] = [];
  for (let i = 0; i < count; i++) {
    const record = readRecord(reader);
    if (record !== null) records.push(record);
  }
  return records;
}

function readQuestion(reader: ByteReader): Question {
  const name = readName(reader);
  const type = reader.u16();
  if (reader.u16() !== CLASS_IN) throw new WireError("the question is not of class IN");
  return { name, type };
}

function readRecord(reader: ByteReader): DnsRecord | null {
  const name = readName(reader);
  const type = reader.u16();
  const isInternet = reader.u16() === CLASS_IN;
  const ttl = reader.u32();
  const size = reader.u16();
  const start = reader.at;
  const bytes = reader.take(size);
  const data = isInternet ? readData(type, bytes, new ByteReader(reader.bytes, start)) : null;
  return data === null ? null : { name, type, ttl: ttl > MAX_TTL ? 0 : ttl, data };
}

/** @param message stands at the data, for what may be compressed. @returns null for a type that is not known. */
function readData(type: number, bytes: Uint8Array, message: ByteReader): string | null {
  switch (type) {
    case RecordType.A:
      return readAddress(bytes, 4);
    case RecordType.AAAA:
      return readAddress(bytes, 16);
    case RecordType.CNAME: {
      const end = message.at + bytes.length;
      const name = readName(message);
      if (message.at !== end) throw new WireError("a record's name is not as long as the record");
      return name;
    }
    case RecordType.SRV: {
      const end = message.at + bytes.length;
      const numbers = [message.u16(), message.u16(), message.u16()];
      const name = readName(message);
      if (message.at !== end) throw new WireError("a record's name is not as long as the record");
      return [...numbers, name].join(" ");
    }
    default:
      return null;
  }
}

function readAddress(bytes: Uint8Array, size: number): string {
  if (bytes.length !== size) throw new WireError(`an address has ${bytes.length} bytes, not ${size}`);
  return ipaddr.fromByteArray([...bytes]).toString();
}
