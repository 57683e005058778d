import { isIP } from "node:net";
import type { ListenAddress } from "../../model/host_port.ts";

/** Who listens on one port number. */
interface PortClaims<T> {
  readonly byHost: Map<string, T>;
  firstIPv4: T | undefined;
  readonly first: T;
}

/**
 * No address is listened on twice. A wildcard takes the addresses of its family with it, and `[::]` takes IPv4 too,
 * since Linux makes it dual-stack. Port 0 never collides. A name is what it is as long as nobody has looked it up: only
 * itself and `[::]` are certainly in its way.
 *
 * Looked up by hash, not compared one by one: thousands of apps may share a port on different addresses.
 */
export class ListenClaims<T> {
  readonly #ports = new Map<number, PortClaims<T>>();

  /** Gives the address to the claimant unless another one has it. @returns who has it then. */
  claim({ host, port }: ListenAddress, claimant: T): T | undefined {
    if (port === 0) return undefined;
    const known = this.#ports.get(port);
    const other = known === undefined ? undefined : conflicting(host, known);
    if (other !== undefined) return other;
    const claimed: PortClaims<T> = known ?? { byHost: new Map(), firstIPv4: undefined, first: claimant };
    claimed.byHost.set(host, claimant);
    if (isIP(host) === 4) claimed.firstIPv4 ??= claimant;
    this.#ports.set(port, claimed);
    return undefined;
  }
}

function conflicting<T>(host: string, known: PortClaims<T>): T | undefined {
  if (host === "::") return known.first;
  if (host === "0.0.0.0") return known.byHost.get("::") ?? known.firstIPv4;
  const own = known.byHost.get(host) ?? known.byHost.get("::");
  return own ?? (isIP(host) === 4 ? known.byHost.get("0.0.0.0") : undefined);
}
