import type { Clock } from "../../../base/clock.ts";
import { NAME_FILES_MS } from "../../../base/limits.ts";

/** An address of this machine. */
export interface LocalAddress {
  /** IP literal. */
  readonly ip: string;
  /** Bits of its network's prefix. */
  readonly prefixBits: number;
}

/** Tells this machine's addresses; null where that cannot be known. */
export type ReadLocalAddresses = () => readonly LocalAddress[] | null;

/** Those of all interfaces, read again when what is known of them is older than {@link NAME_FILES_MS}. */
export function localAddresses(clock: Pick<Clock, "now">): ReadLocalAddresses {
  let known: { readonly addresses: readonly LocalAddress[] | null; readonly at: number } | null = null;
  return () => {
    const at = clock.now();
    if (known === null || at - known.at >= NAME_FILES_MS) known = { addresses: readInterfaces(), at };
    return known.addresses;
  };
}

function readInterfaces(): readonly LocalAddress[] | null {
  try {
    return Deno.networkInterfaces().map(({ address, cidr }) => ({
      // Without the zone that a link-local one may have.
      ip: address.replace(/%.*/, ""),
      prefixBits: Number(cidr.slice(cidr.lastIndexOf("/") + 1)),
    }));
  } catch {
    // Without --allow-sys.
    return null;
  }
}
