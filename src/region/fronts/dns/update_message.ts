import { isIP } from "node:net";
import ipaddr from "ipaddr.js";
import { encodeName } from "../../../control/dns/wire/name.ts";
import { CLASS_IN, RecordType } from "../../../control/dns/wire/record_type.ts";
import { WireError } from "../../../control/dns/wire/wire_error.ts";
import { u16, u32 } from "./wire_numbers.ts";

/** All records of a name and a type, as they are to be. */
export interface RecordSet {
  readonly name: string;
  readonly type: number;
  /** Seconds. */
  readonly ttl: number;
  /** Data of each record; where there is none the set is taken away. */
  readonly data: readonly Uint8Array[];
}

/** A change of a zone, which is done as a whole or not at all. */
export interface ZoneUpdate {
  /** 0 to 65535. */
  readonly id: number;
  readonly zone: string;
  /** Names that must be no aliases (CNAME), which could have no other records. */
  readonly plainNames: readonly string[];
  readonly sets: readonly RecordSet[];
}

/** Flags of a request with opcode UPDATE (RFC 2136 section 2.2). */
const UPDATE = 0x2800;
const TYPE_SOA = 6;
const CLASS_NONE = 254;
/** Class of what is told of all records of a set or a message (RFC 2136 section 2.5.2, RFC 8945 section 4.2). */
export const CLASS_ANY = 255;
/** A message over TCP has its length before it, in 16 bits; the rest is for a signature. */
const MOST_BYTES = 65_535 - 512;

/** Bytes of an update (RFC 2136 section 2). @throws {WireError} for a name that is none, and where it gets too long. */
export function encodeUpdate({ id, zone, plainNames, sets }: ZoneUpdate): Uint8Array {
  const prerequisites = plainNames.map((name) => record(name, RecordType.CNAME, CLASS_NONE, 0));
  const changes = sets.flatMap(({ name, type, ttl, data }) => [
    // Deletes the set; what stands behind it is added to what is left.
    record(name, type, CLASS_ANY, 0),
    ...data.map((one) => record(name, type, CLASS_IN, ttl, one)),
  ]);
  const bytes = [
    ...u16(id),
    ...u16(UPDATE),
    ...u16(1),
    ...u16(prerequisites.length),
    ...u16(changes.length),
    ...u16(0),
    ...encodeName(zone),
    ...u16(TYPE_SOA),
    ...u16(CLASS_IN),
    ...prerequisites.flat(),
    ...changes.flat(),
  ];
  if (bytes.length > MOST_BYTES) {
    throw new WireError(`an update of ${bytes.length} bytes is too long: at most ${MOST_BYTES}`);
  }
  return Uint8Array.from(bytes);
}

/** Data of the record of an address, and its type; null for what is no IP literal. */
export function addressData(address: string): { readonly type: number; readonly data: Uint8Array } | null {
  const family = isIP(address);
  if (family === 0) return null;
  const data = Uint8Array.from(ipaddr.parse(address).toByteArray());
  return { type: family === 4 ? RecordType.A : RecordType.AAAA, data };
}

/** Data of a record that says who offers a service (RFC 2782); all have the same priority. @throws {WireError} */
export function serviceData(weight: number, port: number, host: string): Uint8Array {
  return Uint8Array.from([...u16(0), ...u16(weight), ...u16(port), ...encodeName(host)]);
}

function record(
  name: string,
  type: number,
  kind: number,
  ttl: number,
  data: Uint8Array = new Uint8Array(),
): number[] {
  return [...encodeName(name), ...u16(type), ...u16(kind), ...u32(ttl), ...u16(data.length), ...data];
}
