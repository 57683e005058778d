import { createHmac, timingSafeEqual } from "node:crypto";
import { encodeName } from "../../../control/dns/wire/name.ts";
import { WireError } from "../../../control/dns/wire/wire_error.ts";
import { CLASS_ANY } from "./update_message.ts";
import { type TsigRecord, TYPE_TSIG, type UpdateReply } from "./update_reply.ts";
import { u16, u32, u48 } from "./wire_numbers.ts";

/** A secret that a server shares with those who may change its zone. */
export interface TsigKey {
  readonly name: string;
  readonly algorithm: TsigAlgorithm;
  readonly secret: Uint8Array;
}

/** Algorithms by the names that they have in messages and files of keys, and those of their hashes. */
export const TSIG_ALGORITHMS = {
  "hmac-sha256": "sha256",
  "hmac-sha384": "sha384",
  "hmac-sha512": "sha512",
} as const;

/** One of {@link TSIG_ALGORITHMS}. */
export type TsigAlgorithm = keyof typeof TSIG_ALGORITHMS;

/** A signed message, and its signature, which the answer's is made with. */
export interface Signed {
  readonly bytes: Uint8Array;
  readonly mac: Uint8Array;
}

/** Seconds by which clocks may differ, as RFC 8945 section 10 recommends. */
const FUDGE_S = 300;
/** Where a message says how many additional records it has. */
const COUNT_AT = 10;

/** Signs a message (RFC 8945 section 5.1). @param seconds since the Unix epoch. */
export function sign(message: Uint8Array, key: TsigKey, seconds: number): Signed {
  const record = { signedAt: seconds, fudge: FUDGE_S, error: 0, other: new Uint8Array() };
  const mac = macOf(key, [message, variables(key, record)]);
  const data = [
    ...encodeName(key.algorithm),
    ...u48(seconds),
    ...u16(FUDGE_S),
    ...u16(mac.length),
    ...mac,
    // The id of the message, which servers on the way may change.
    ...message.subarray(0, 2),
    ...u16(0),
    ...u16(0),
  ];
  const head = [...encodeName(key.name), ...u16(TYPE_TSIG), ...u16(CLASS_ANY), ...u32(0)];
  const bytes = Uint8Array.from([...message, ...head, ...u16(data.length), ...data]);
  const additional = new DataView(bytes.buffer).getUint16(COUNT_AT);
  bytes.set(u16(additional + 1), COUNT_AT);
  return { bytes, mac };
}

/**
 * Checks that an answer comes from who has the key, and belongs to the request (RFC 8945 section 5.3).
 * @param bytes the answer that `reply` was read from.
 * @param requestMac signature of the request.
 * @throws {WireError} where it does not.
 */
export function verify(
  bytes: Uint8Array,
  { tsig }: UpdateReply,
  key: TsigKey,
  requestMac: Uint8Array,
  seconds: number,
): void {
  if (tsig === null) throw new WireError("the answer is not signed");
  if (tsig.key !== key.name.toLowerCase() || tsig.algorithm !== key.algorithm) {
    throw new WireError(`the answer is signed with another key, "${tsig.key}"`);
  }
  const message = bytes.slice(0, tsig.start);
  message.set(u16(tsig.originalId), 0);
  const additional = new DataView(message.buffer).getUint16(COUNT_AT);
  message.set(u16(additional - 1), COUNT_AT);
  const before = Uint8Array.from([...u16(requestMac.length), ...requestMac]);
  const mac = macOf(key, [before, message, variables(key, tsig)]);
  if (mac.length !== tsig.mac.length || !timingSafeEqual(mac, tsig.mac)) {
    throw new WireError("the signature of the answer is wrong");
  }
  if (Math.abs(seconds - tsig.signedAt) > tsig.fudge) {
    throw new WireError(`the answer was signed ${seconds - tsig.signedAt} s ago`);
  }
}

function macOf({ algorithm, secret }: TsigKey, parts: readonly Uint8Array[]): Uint8Array {
  const hmac = createHmac(TSIG_ALGORITHMS[algorithm], secret);
  for (const part of parts) hmac.update(part);
  return new Uint8Array(hmac.digest());
}

/** What is signed besides the message (RFC 8945 section 4.3.3). */
function variables(
  { name, algorithm }: TsigKey,
  { signedAt, fudge, error, other }: Pick<TsigRecord, "signedAt" | "fudge" | "error" | "other">,
): Uint8Array {
  return Uint8Array.from([
    ...encodeName(name.toLowerCase()),
    ...u16(CLASS_ANY),
    ...u32(0),
    ...encodeName(algorithm),
    ...u48(signedAt),
    ...u16(fudge),
    ...u16(error),
    ...u16(other.length),
    ...other,
  ]);
}
