import { bindAll } from "../../listen/bind_all.ts";
import type { ListenEntry } from "./listen_plan.ts";

/**
 * Settles port 0 ("any free port") once for all data threads: the port is reserved by sockets of control's own until
 * every thread has bound it, and stays the same as long as it is configured.
 */
export class PortSettler {
  readonly #ports = new Map<string, number>();
  readonly #reservations: Deno.TcpListener[] = [];

  /** The port to bind for all listeners of an entry. @throws when no port can be had. */
  settle({ configured, port, listeners }: ListenEntry): number {
    if (port !== 0) return port;
    const known = this.#ports.get(configured);
    if (known !== undefined) return known;
    const reserved = bindAll(listeners.map(({ ip }) => ip), 0, {
      bind: ({ ip, port }) => reserve(ip, port),
      portOf: ({ addr }) => addr.port,
      close: (reservation) => reservation.close(),
    });
    const chosen = reserved[0]?.addr.port ?? 0;
    this.#reservations.push(...reserved);
    this.#ports.set(configured, chosen);
    return chosen;
  }

  /** Gives up the reservations: nobody was told of the ports yet, so no connection waits in their queues. */
  release(): void {
    for (const reservation of this.#reservations.splice(0)) reservation.close();
  }

  /** Forgets the ports of listen addresses that are no longer configured. */
  keepOnly(keys: ReadonlySet<string>): void {
    for (const key of this.#ports.keys()) if (!keys.has(key)) this.#ports.delete(key);
  }
}

function reserve(hostname: string, port: number): Deno.TcpListener {
  // A port that others share would be taken without an error, and clients would reach either.
  if (port !== 0) Deno.listen({ hostname, port }).close();
  return Deno.listen({ hostname, port, reusePort: true });
}
