import type { SocketAddress } from "../../model/address.ts";

/**
 * Settles port 0 ("any free port") once for all data threads: the port is reserved by a socket of control's own until
 * every thread has bound it, and stays the same as long as it is configured.
 */
export class PortSettler {
  readonly #ports = new Map<string, number>();
  readonly #reservations: Deno.Listener[] = [];

  /** The address to bind for the listener of this key. @throws when no port can be had. */
  settle(key: string, address: SocketAddress): SocketAddress {
    if (address.port !== 0) return address;
    let port = this.#ports.get(key);
    if (port === undefined) {
      const reservation = Deno.listen({ hostname: address.ip, port: 0, reusePort: true });
      this.#reservations.push(reservation);
      port = reservation.addr.port;
      this.#ports.set(key, port);
    }
    return { ip: address.ip, port };
  }

  /** Gives up the reservations: nobody was told of the ports yet, so no connection waits in their queues. */
  release(): void {
    for (const reservation of this.#reservations.splice(0)) reservation.close();
  }

  /** Forgets the ports of listeners that are no longer configured. */
  keepOnly(keys: ReadonlySet<string>): void {
    for (const key of this.#ports.keys()) if (!keys.has(key)) this.#ports.delete(key);
  }
}
