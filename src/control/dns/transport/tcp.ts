import type { SocketAddress } from "../../../model/address.ts";
import { WireError } from "../wire/wire_error.ts";

/** A message's length goes before it (RFC 1035 section 4.2.2). */
const LENGTH_BYTES = 2;

/**
 * Sends a query over a connection of its own and reads the reply.
 * @throws {WireError} when the server closes before all of it came; else the signal's reason or the system's error.
 */
export async function askOverTcp(
  server: SocketAddress,
  query: Uint8Array,
  signal: AbortSignal,
): Promise<Uint8Array> {
  using connection = await Deno.connect({ hostname: server.ip, port: server.port, signal });
  const onAbort = (): void => connection.close();
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    await writeAll(connection, Uint8Array.from([query.length >>> 8, query.length & 0xff, ...query]));
    const [high = 0, low = 0] = await readExactly(connection, LENGTH_BYTES);
    return await readExactly(connection, high << 8 | low);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

async function writeAll(connection: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
}

async function readExactly(connection: Deno.Conn, size: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size;) {
    const count = await connection.read(bytes.subarray(at));
    if (count === null) throw new WireError(`the server closed after ${at} of ${size} bytes`);
    at += count;
  }
  return bytes;
}
