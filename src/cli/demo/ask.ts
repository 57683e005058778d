import { systemClock } from "../../base/clock.ts";
import { parseTargetAddress } from "../../model/host_port.ts";

/** A reply that does not come within this time is missing. */
const REPLY_TIMEOUT_MS = 5_000;
const REPLY_MAX_BYTES = 4096;

/**
 * What one connection through the proxy gets back for "hello", or for a request; of an answer the body.
 * @returns empty where the connection ends without a reply.
 * @throws when it cannot be made, or nothing comes for 5 s.
 */
export async function ask(address: string, isHttp: boolean): Promise<string> {
  const { host, port } = parseTargetAddress(address);
  const text = isHttp ? `GET / HTTP/1.1\r\nHost: ${address}\r\nConnection: close\r\n\r\n` : "hello";
  let cancel = (): void => {};
  try {
    using connection = await Deno.connect({ hostname: reachable(host), port });
    // Closing under a pending read ends it: a silent target cannot hold the demonstration up.
    cancel = systemClock.timer(REPLY_TIMEOUT_MS, () => connection.close());
    await connection.write(new TextEncoder().encode(text));
    const reply = await read(connection, isHttp);
    return isHttp ? reply.slice(reply.lastIndexOf("\n") + 1) : reply;
  } finally {
    cancel();
  }
}

/** An address that means all of the machine's is no place to connect to on every system. */
function reachable(host: string): string {
  if (host === "0.0.0.0") return "127.0.0.1";
  return host === "::" ? "::1" : host;
}

/** What comes first, or everything up to the end. */
async function read(connection: Deno.Conn, toEnd: boolean): Promise<string> {
  const buffer = new Uint8Array(REPLY_MAX_BYTES);
  const decoder = new TextDecoder();
  let text = "";
  do {
    const count = await connection.read(buffer);
    if (count === null) break;
    text += decoder.decode(buffer.subarray(0, count), { stream: true });
  } while (toEnd);
  return text;
}
