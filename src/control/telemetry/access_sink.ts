import { type Clock, sleep } from "../../base/clock.ts";
import { ACCESS_OPEN_MAX_MS } from "../../base/limits.ts";
import type { ByteWriter } from "../../base/output_queue.ts";

/** Where access records go. */
export interface AccessSink extends ByteWriter {
  close(): void;
}

/** Whether `access_log.to` names a file, not one of the words that have a meaning of their own. */
export function isLogFile(to: string): boolean {
  return to.includes("/");
}

/**
 * Opens where `access_log.to` says: `stdout`, `stderr`, or a file that is appended to.
 * @returns null for `none`.
 * @throws when the file cannot be opened, or is a pipe that nobody opens to read from.
 */
export async function openAccessSink(to: string, clock: Clock): Promise<AccessSink | null> {
  if (to === "none") return null;
  if (to === "stdout") return streamSink(Deno.stdout);
  if (to === "stderr") return streamSink(Deno.stderr);
  // To open a pipe waits for its reader (man 7 fifo), and must not hold up everything else.
  const opening = Deno.open(to, { append: true, create: true });
  const file = await Promise.race([opening, sleep(clock, ACCESS_OPEN_MAX_MS)]);
  if (file !== undefined) return file;
  opening.then((late) => late.close(), () => {});
  throw new Error(`Cannot open ${to}: nobody reads from this pipe`);
}

function streamSink(stream: ByteWriter): AccessSink {
  return { write: (bytes) => stream.write(bytes), close: () => {} };
}
