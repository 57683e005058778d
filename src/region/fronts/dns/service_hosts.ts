/** Names of hosts that a service has had: each keeps its addresses for as long as somebody may still have been told of it. */
export class ServiceHosts {
  /** Host → when it was left out; null while it is one. */
  readonly #hosts = new Map<string, number | null>();

  /** These were there before this program. */
  found(hosts: readonly string[]): void {
    for (const host of hosts) this.#hosts.set(host, null);
  }

  /** Those of a name. */
  under(name: string): string[] {
    return [...this.#hosts.keys()].filter((host) => host.endsWith(`.${name}`));
  }

  /**
   * Hosts whose addresses are to be taken away now: they were left out longer than `keptMs` ago.
   * @param hosts all that there are from now on.
   * @param now milliseconds.
   */
  gone(hosts: ReadonlySet<string>, now: number, keptMs: number): string[] {
    for (const host of hosts) this.#hosts.set(host, null);
    for (const [host, leftAt] of this.#hosts) if (!hosts.has(host)) this.#hosts.set(host, leftAt ?? now);
    return [...this.#hosts].flatMap(([host, leftAt]) =>
      leftAt !== null && now - leftAt >= keptMs ? [host] : []
    );
  }

  /** The addresses of these were taken away. */
  forget(hosts: readonly string[]): void {
    for (const host of hosts) this.#hosts.delete(host);
  }
}
