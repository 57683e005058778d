import { isIPv6, type SocketAddress } from "../../../model/address.ts";

/** Room for a datagram. Without EDNS none has more than 512 bytes; some servers do not keep to that. */
const DATAGRAM_BYTES = 4_096;

/**
 * Sends a query from a port of its own, which the system chooses at random, and waits for the reply.
 * @param accept Reads a datagram of the server's. Null for one that is no reply to this query: a later one may be,
 *   since anyone can write the server's address on a datagram.
 * @throws the signal's reason once it is aborted, or the system's error.
 */
export async function askOverUdp<T>(
  server: SocketAddress,
  query: Uint8Array,
  accept: (datagram: Uint8Array) => T | null,
  signal: AbortSignal,
): Promise<T> {
  signal.throwIfAborted();
  const hostname = isIPv6(server.ip) ? "::" : "0.0.0.0";
  const socket = Deno.listenDatagram({ hostname, port: 0, transport: "udp" });
  let isOpen = true;
  const close = (): void => {
    if (isOpen) socket.close();
    isOpen = false;
  };
  signal.addEventListener("abort", close);
  try {
    await socket.send(query, { transport: "udp", hostname: server.ip, port: server.port });
    const buffer = new Uint8Array(DATAGRAM_BYTES);
    for (;;) {
      const [datagram, from] = await socket.receive(buffer);
      if (!isFrom(server, from)) continue;
      const accepted = accept(datagram);
      if (accepted !== null) return accepted;
    }
  } finally {
    signal.removeEventListener("abort", close);
    close();
  }
}

function isFrom(server: SocketAddress, from: Deno.Addr): boolean {
  return from.transport === "udp" && from.hostname === server.ip && from.port === server.port;
}
