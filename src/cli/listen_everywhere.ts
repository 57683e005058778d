import { systemClock } from "../base/clock.ts";
import { errorMessage } from "../base/errors.ts";
import { formatHostPort, type SocketAddress } from "../model/address.ts";
import type { ListenAddress } from "../model/host_port.ts";
import { bindAll } from "../control/listen/bind_all.ts";
import { describeLeft, ListenLookup } from "../control/listen/listen_lookup.ts";
import type { Io } from "./io.ts";

/** A small server on one address. */
interface SmallServer {
  readonly address: SocketAddress;
  close(): Promise<void>;
}

/**
 * Starts a server on each address that a listen address stands for, all on one port. Addresses that this machine does not
 * have are told and left out.
 * @param command for messages.
 * @returns null where they cannot listen, which is told.
 */
export async function listenEverywhere<T extends SmallServer>(
  listen: ListenAddress,
  start: (address: SocketAddress) => T,
  command: string,
  io: Pick<Io, "stderr">,
): Promise<T[] | null> {
  try {
    const { ips, left } = await new ListenLookup(systemClock).ips(listen);
    for (const one of left) io.stderr(`${command}: left out: ${describeLeft(one, listen)}\n`);
    return bindAll(ips, listen.port, {
      bind: start,
      portOf: ({ address }) => address.port,
      close: (server) => void server.close(),
    });
  } catch (error) {
    const address = formatHostPort(listen.host, listen.port);
    io.stderr(`${command}: cannot listen on ${address}: ${errorMessage(error)}\n`);
    return null;
  }
}
