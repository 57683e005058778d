import type { HealthCheckConfig } from "../../../model/config_health.ts";
import { compilePattern } from "../pattern.ts";
import type { ProbeSocket } from "./probe_socket.ts";

/** A probe looks at no more than this much of an answer. */
export const MAX_ANSWER_BYTES = 64 * 1024;
/** One that comes in more pieces is not waited for: all of it is looked at again with each of them. */
const MAX_PIECES = 256;

/** Most answers are short. */
const FIRST_BYTES = 4096;

const encoder = new TextEncoder();

/** Bytes to send, as `send` has them. */
export function bytesToSend(send: HealthCheckConfig["send"]): Uint8Array {
  return typeof send === "string" ? encoder.encode(send) : Uint8Array.from(send.hex);
}

/** Says whether an answer so far is what is expected; null where nothing is. */
export function expectation(expect: HealthCheckConfig["expect"]): ((answer: Uint8Array) => boolean) | null {
  if (typeof expect !== "string" && "regex" in expect) {
    const matches = compilePattern(expect.regex);
    return (answer) => matches(new TextDecoder().decode(answer));
  }
  const wanted = typeof expect === "string" ? encoder.encode(expect) : Uint8Array.from(expect.hex);
  if (wanted.length === 0) return null;
  const needle = binary(wanted);
  return (answer) => binary(answer).includes(needle);
}

/**
 * Reads until `isEnough` says so.
 * @returns the answer; null when it ended, or became too long, before it was enough.
 */
export async function readUntil(
  socket: ProbeSocket,
  isEnough: (answer: Uint8Array) => boolean,
  maxBytes: number = MAX_ANSWER_BYTES,
): Promise<Uint8Array | null> {
  let buffer = new Uint8Array(Math.min(maxBytes, FIRST_BYTES));
  let length = 0;
  for (let pieces = 0; pieces < MAX_PIECES && length < maxBytes; pieces++) {
    const piece = await socket.read();
    if (piece === null) return null;
    const taken = piece.subarray(0, maxBytes - length);
    if (length + taken.length > buffer.length) buffer = larger(buffer, maxBytes);
    buffer.set(taken, length);
    length += taken.length;
    const answer = buffer.subarray(0, length);
    if (isEnough(answer)) return answer;
  }
  return null;
}

function larger(buffer: Uint8Array<ArrayBuffer>, bytes: number): Uint8Array<ArrayBuffer> {
  const other = new Uint8Array(bytes);
  other.set(buffer);
  return other;
}

/** One character a byte. */
function binary(bytes: Uint8Array): string {
  return new TextDecoder("latin1").decode(bytes);
}
