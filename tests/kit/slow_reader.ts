import { pass } from "./over_time.ts";

/** Reads in this many steps a second. */
const STEPS = 20;

/** What a slow reader got. */
export interface SlowlyRead {
  readonly bytes: number;
  /** The last of it, at most 64 bytes, each as one character. */
  readonly tail: string;
}

/** Reads up to the peer's FIN, at a pace; what the kernel receives meanwhile is held back by its window alone. */
export async function readSlowly(connection: Deno.Conn, bytesPerSecond: number): Promise<SlowlyRead> {
  const buffer = new Uint8Array(Math.ceil(bytesPerSecond / STEPS));
  let bytes = 0;
  let tail = "";
  for (;;) {
    const count = await connection.read(buffer);
    if (count === null) return { bytes, tail };
    bytes += count;
    tail = (tail + String.fromCharCode(...buffer.subarray(Math.max(0, count - 64), count))).slice(-64);
    await pass(count / bytesPerSecond * 1_000);
  }
}
