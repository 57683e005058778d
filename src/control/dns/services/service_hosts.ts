import type { ServiceRecord } from "./service_record.ts";

/**
 * The hosts of services: those in force, and those that DNS named since and that are still being looked up. Both are kept
 * fresh.
 */
export class ServiceHosts {
  readonly #inForce = new Map<string, readonly ServiceRecord[]>();
  readonly #expected = new Map<string, readonly ServiceRecord[]>();
  /** Services in force or expected, by host. */
  #byHost = new Map<string, Set<string>>();
  /** Addresses that came along with records. */
  #suggested = new Map<string, readonly string[]>();

  /** Of one service, best first. */
  inForce(service: string): readonly ServiceRecord[] {
    return this.#inForce.get(service) ?? [];
  }

  /** Names of all hosts. */
  all(): ReadonlySet<string> {
    return new Set(this.#byHost.keys());
  }

  /** The services that have this host. */
  servicesOf(host: string): Iterable<string> {
    return this.#byHost.get(host) ?? [];
  }

  /** Forgets all other services. */
  retain(services: ReadonlySet<string>): void {
    for (const known of [this.#inForce, this.#expected]) {
      for (const service of known.keys()) if (!services.has(service)) known.delete(service);
    }
    this.#index();
  }

  /** What DNS says now. */
  expect(service: string, records: readonly ServiceRecord[]): void {
    if (this.#expected.get(service) === records) return;
    this.#expected.set(service, records);
    this.#index();
  }

  /** Takes what is expected over. @returns whether that is a change. */
  putInForce(service: string): boolean {
    const records = this.#expected.get(service);
    if (records === undefined || records === this.#inForce.get(service)) return false;
    this.#inForce.set(service, records);
    this.#index();
    return true;
  }

  /** Notes addresses of hosts that nothing may be known of yet. */
  suggest(addresses: ReadonlyMap<string, readonly string[]>): void {
    for (const [host, ips] of addresses) this.#suggested.set(host, ips);
  }

  /** Hands over what was noted, once. */
  takeSuggested(): ReadonlyMap<string, readonly string[]> {
    const suggested = this.#suggested;
    this.#suggested = new Map();
    return suggested;
  }

  #index(): void {
    this.#byHost = new Map();
    for (const known of [this.#inForce, this.#expected]) {
      for (const [service, records] of known) {
        for (const { host } of records) {
          const services = this.#byHost.get(host);
          if (services === undefined) this.#byHost.set(host, new Set([service]));
          else services.add(service);
        }
      }
    }
  }
}
