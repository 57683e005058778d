import type { Clock } from "../../base/clock.ts";
import { errorMessage, ListenError } from "../../base/errors.ts";
import { formatAddress } from "../../model/address.ts";
import { isLocalhost, type ListenAddress } from "../../model/host_port.ts";
import { type Hosts, hostsFile, knownAddresses } from "../dns/files/hosts_file.ts";
import { type FindAddresses, getAddrInfo } from "../dns/system_addresses.ts";
import { isIP } from "node:net";

/** What a listen address stands for on this machine. */
export interface ListenIps {
  /** IP literals to listen on; never empty. */
  readonly ips: readonly string[];
  /** Addresses of the name that this machine does not have. */
  readonly left: readonly LeftIp[];
}

/** An address that is left out. */
export interface LeftIp {
  readonly ip: string;
  /** What the system says. */
  readonly reason: string;
}

/**
 * Both, whatever the hosts file says: programs that connect to `localhost` look it up in different ways, and some try
 * these two without looking (RFC 6761 section 6.3).
 */
const LOOPBACK = ["127.0.0.1", "::1"];

/** This machine does not have the address, or not its family; `EINVAL` is a link-local one, which would need a zone. */
const NOT_HERE: ReadonlySet<unknown> = new Set(["EADDRNOTAVAIL", "EAFNOSUPPORT", "EINVAL"]);

/** Finds what listen addresses stand for: a literal for itself, a name for all of its addresses that this machine has. */
export class ListenLookup {
  readonly #underWay = new Map<string, Promise<ListenIps>>();

  /**
   * @param find asked for names that are not in the hosts file; the system unless given.
   * @param hosts the machine's own unless given.
   */
  constructor(
    clock: Clock,
    private readonly find: FindAddresses = getAddrInfo,
    private readonly hosts: { read(): Hosts } = hostsFile(clock),
  ) {}

  /**
   * Looks it up now. Those who ask for the same host at the same time share one look-up.
   * @throws {ListenError} `unresolved` when it has no address; `unavailable_address` when this machine has none of them.
   */
  async ips({ host }: Pick<ListenAddress, "host">): Promise<ListenIps> {
    if (isIP(host) !== 0) return { ips: [host], left: [] };
    const underWay = this.#underWay.get(host) ??
      this.#look(host).finally(() => this.#underWay.delete(host));
    this.#underWay.set(host, underWay);
    return await underWay;
  }

  async #look(host: string): Promise<ListenIps> {
    const found = await this.#addresses(host);
    const left = found.flatMap(whereNotHere);
    const ips = found.filter((ip) => !left.some((one) => one.ip === ip));
    if (ips.length > 0) return { ips, left };
    const reasons = left.map(({ ip, reason }) => `${ip}: ${reason}`).join("; ");
    throw new ListenError(
      "unavailable_address",
      `Cannot listen on ${host}: it has no address of this machine (${reasons})`,
    );
  }

  async #addresses(host: string): Promise<readonly string[]> {
    const known = knownAddresses(host, this.hosts.read());
    if (isLocalhost(host)) return [...new Set([...LOOPBACK, ...known])];
    if (known.length > 0) return known;
    try {
      return [...new Set(await this.find(host))];
    } catch (error) {
      throw new ListenError("unresolved", `Cannot resolve ${host}: ${errorMessage(error)}`, error);
    }
  }
}

/** Binding tells: on a port that the system chooses nobody else can be in the way. */
function whereNotHere(ip: string): LeftIp[] {
  try {
    Deno.listen({ hostname: ip, port: 0 }).close();
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (NOT_HERE.has(code)) return [{ ip, reason: errorMessage(error) }];
  }
  return [];
}

/** For the log and for people: what is left out of a name. */
export function describeLeft({ ip, reason }: LeftIp, { port }: ListenAddress): string {
  return `${formatAddress({ ip, port })}: ${reason}`;
}
