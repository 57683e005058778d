import { createHash } from "node:crypto";
import { seededRandom } from "../../src/base/random.ts";
import { writeAll } from "./tcp_server.ts";

/** A prime, so that a lost or doubled buffer of any usual size changes the order of what follows. */
const BLOCK_BYTES = 65_521;

/** How much went by, and its SHA-256. */
export interface Tally {
  readonly bytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

/** The pieces of a stream of arbitrary bytes that depends on its seed alone. A piece is only valid until the next. */
export function* pattern(seed: number, totalBytes: number): Generator<Uint8Array> {
  const random = seededRandom(seed);
  const block = Uint8Array.from({ length: BLOCK_BYTES }, () => random() * 256);
  for (let left = totalBytes; left > 0; left -= BLOCK_BYTES) {
    yield left < BLOCK_BYTES ? block.subarray(0, left) : block;
  }
}

/** What a receiver of {@link pattern} must find. */
export function tallyOf(seed: number, totalBytes: number): Tally {
  const hash = createHash("sha256");
  for (const piece of pattern(seed, totalBytes)) hash.update(piece);
  return { bytes: totalBytes, sha256: hash.digest("hex") };
}

/** Sends a {@link pattern}; the FIN is the caller's. */
export async function send(connection: Deno.Conn, seed: number, totalBytes: number): Promise<void> {
  for (const piece of pattern(seed, totalBytes)) await writeAll(connection, piece);
}

/** Reads up to the peer's FIN, or up to a number of bytes. */
export async function receive(connection: Deno.Conn, maxBytes = Infinity): Promise<Tally> {
  const hash = createHash("sha256");
  const buffer = new Uint8Array(256 * 1024);
  let bytes = 0;
  while (bytes < maxBytes) {
    const count = await connection.read(buffer.subarray(0, Math.min(buffer.length, maxBytes - bytes)));
    if (count === null) break;
    hash.update(buffer.subarray(0, count));
    bytes += count;
  }
  return { bytes, sha256: hash.digest("hex") };
}
