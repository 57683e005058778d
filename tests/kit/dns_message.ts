/** Type of the records of IPv4 addresses. */
export const TYPE_A = 1;
/** Type of the record that says that a name is another's alias. */
export const TYPE_CNAME = 5;
/** Type of the records of IPv6 addresses. */
export const TYPE_AAAA = 28;

/** Type of the record that says who offers a service. */
export const TYPE_SRV = 33;

/** A record as it goes over the wire. */
export interface WireRecord {
  /** Owner, in dotted form. */
  readonly name: string;
  readonly type: number;
  /** 1, the Internet, unless given. */
  readonly class?: number;
  /** Seconds. */
  readonly ttl: number;
  /** The data as bytes, or a name. */
  readonly data: readonly number[] | string;
}

/** A reply to one question; what is left out is as a plain good answer has it. */
export interface WireReply {
  readonly id: number;
  readonly name: string;
  readonly type: number;
  /** Response code: 0 is good, 2 SERVFAIL, 3 NXDOMAIN, 5 REFUSED. */
  readonly rcode?: number;
  /** Whether it says that it was cut short. */
  readonly truncated?: boolean;
  readonly answers?: readonly WireRecord[];
  /** What is added behind the answers. */
  readonly additional?: readonly WireRecord[];
}

/** Bytes of a reply (RFC 1035 section 4), owners of records compressed where they are the question's name. */
export function encodeReply(reply: WireReply): Uint8Array {
  const { id, name, type, rcode = 0, truncated = false, answers = [], additional = [] } = reply;
  return Uint8Array.from([
    ...u16(id),
    truncated ? 0x83 : 0x81,
    0x80 | rcode,
    ...u16(1),
    ...u16(answers.length),
    ...u16(0),
    ...u16(additional.length),
    ...encodeName(name),
    ...u16(type),
    ...u16(1),
    ...[...answers, ...additional].flatMap((record) => encodeRecord(record, name)),
  ]);
}

/** Data of an SRV record (RFC 2782). */
export function serviceData(priority: number, weight: number, port: number, host: string): number[] {
  return [...u16(priority), ...u16(weight), ...u16(port), ...encodeName(host)];
}

/** The question of a query. */
export interface WireQuery {
  readonly id: number;
  readonly name: string;
  readonly type: number;
}

/** Reads a query that holds one question, as ours do. */
export function decodeQuery(bytes: Uint8Array): WireQuery {
  const labels: string[] = [];
  let at = 12;
  for (let length = bytes[at++] ?? 0; length > 0; length = bytes[at++] ?? 0) {
    labels.push(new TextDecoder().decode(bytes.subarray(at, at + length)));
    at += length;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { id: view.getUint16(0), name: labels.join("."), type: view.getUint16(at) };
}

/** A name's labels, each with its length, and the root's. */
export function encodeName(name: string): number[] {
  const labels = name.split(".").filter((label) => label !== "");
  return [...labels.flatMap((label) => [label.length, ...new TextEncoder().encode(label)]), 0];
}

function encodeRecord(record: WireRecord, question: string): number[] {
  const { name, type, ttl, data } = record;
  const bytes = typeof data === "string" ? encodeName(data) : data;
  return [
    ...(name === question ? [0xc0, 12] : encodeName(name)),
    ...u16(type),
    ...u16(record.class ?? 1),
    ...u16(ttl >>> 16),
    ...u16(ttl & 0xffff),
    ...u16(bytes.length),
    ...bytes,
  ];
}

function u16(value: number): [number, number] {
  return [value >>> 8, value & 0xff];
}
