import type { SocketAddress } from "../../model/address.ts";

/** Ports of the system's choice that are tried: of two addresses one may have it taken. */
const MAX_TRIES = 20;

/** How one address is bound, and given up again. */
export interface Binding<T> {
  /** @returns what is bound. @throws when that cannot be. */
  bind(address: SocketAddress): T;
  portOf(bound: T): number;
  close(bound: T): void;
}

/**
 * Binds all of these addresses on one port, or none. Where the system is to choose it (port 0) it does so for the first
 * address; when another one has that port taken, it chooses again.
 * @throws what binding throws.
 */
export function bindAll<T>(ips: readonly string[], port: number, binding: Binding<T>): T[] {
  for (let tries = 1;; tries++) {
    const bound: T[] = [];
    let chosen = port;
    try {
      for (const ip of ips) {
        const one = binding.bind({ ip, port: chosen });
        bound.push(one);
        chosen = binding.portOf(one);
      }
      return bound;
    } catch (error) {
      for (const one of bound) binding.close(one);
      const mayChooseAgain = port === 0 && bound.length > 0 && error instanceof Deno.errors.AddrInUse;
      if (!mayChooseAgain || tries >= MAX_TRIES) throw error;
    }
  }
}
