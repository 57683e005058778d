import type { RegionBuckets } from "../store/region_store.ts";

/** App → nodes that connections are sent to. */
export type Uses = Readonly<Record<string, readonly string[]>>;

/**
 * Which replicas a front sends connections to, told so that none of them is taken away meanwhile. A replica is used only
 * after that was written, and after a look that came later found that it still is to be used; control takes one away only
 * after it wrote that it will, and after a look that came later found that no front uses it. So one of the two sees the
 * other, whatever time messages take.
 */
export class FrontUses {
  #inForce: Uses = {};
  /** What was claimed, and is not in force yet; the oldest first. */
  #claims: Uses[] = [];
  /** What was written last; null where that is not certain. */
  #said: string | null = null;

  constructor(
    private readonly front: string,
    private readonly store: Pick<RegionBuckets, "fronts" | "assignments">,
  ) {}

  /** Says that these are about to be used. @returns those of them that may be. @throws {StoreError} */
  async claim(uses: Uses): Promise<Uses> {
    const added = newIn(uses, union([this.#inForce, ...this.#claims]));
    this.#claims.push(uses);
    if (added.length === 0) return uses;
    try {
      await this.#say();
      const open = await this.#open(added);
      const granted = Object.fromEntries(
        Object.entries(uses).map((
          [app, nodes],
        ) => [
          app,
          nodes.filter((node) =>
            open.has(keyOf(app, node)) || !added.some((one) => one.app === app && one.node === node)
          ),
        ]),
      );
      this.#claims[this.#claims.indexOf(uses)] = granted;
      return granted;
    } catch (error) {
      this.#claims.splice(this.#claims.indexOf(uses), 1);
      throw error;
    }
  }

  /** These and no others are used now; what was claimed before them is not any more. @throws {StoreError} */
  async areInForce(uses: Uses): Promise<void> {
    this.#inForce = uses;
    const text = JSON.stringify(uses);
    const at = this.#claims.findIndex((claim) => JSON.stringify(claim) === text);
    // Of one that nobody claimed nothing follows for the others; but they do not pile up.
    this.#claims = at >= 0 ? this.#claims.slice(at + 1) : this.#claims.slice(-1);
    if (this.#said !== JSON.stringify(this.#all())) await this.#say();
  }

  /** Says once more what is used: it is a lease. @throws {StoreError} */
  async renew(): Promise<void> {
    await this.#say();
  }

  /** Says that nothing is used any more. */
  async leave(): Promise<void> {
    await this.store.fronts.drop(this.front).catch(() => {});
  }

  /** Those that are still to be used, as the store has it now. */
  async #open(
    added: readonly { readonly app: string; readonly node: string }[],
  ): Promise<ReadonlySet<string>> {
    const nodes = [...new Set(added.map(({ node }) => node))];
    const looks = new Map(
      await Promise.all(nodes.map(async (node) => [node, await this.store.assignments.get(node)] as const)),
    );
    return new Set(added.flatMap(({ app, node }) => {
      const assigned = looks.get(node)?.value?.apps[app];
      const isOpen = assigned !== undefined && assigned.phase !== "closing" && assigned.phase !== "updating";
      return isOpen ? [keyOf(app, node)] : [];
    }));
  }

  #all(): Record<string, string[]> {
    return union([this.#inForce, ...this.#claims]);
  }

  async #say(): Promise<void> {
    const uses = this.#all();
    this.#said = null;
    await this.store.fronts.put(this.front, { format: 1, uses });
    this.#said = JSON.stringify(uses);
  }
}

function union(all: readonly Uses[]): Record<string, string[]> {
  const apps = [...new Set(all.flatMap((uses) => Object.keys(uses)))].sort();
  return Object.fromEntries(
    apps.map((app) => [app, [...new Set(all.flatMap((uses) => uses[app] ?? []))].sort()]),
  );
}

function newIn(uses: Uses, before: Uses): { readonly app: string; readonly node: string }[] {
  return Object.entries(uses).flatMap(([app, nodes]) =>
    nodes.filter((node) => before[app]?.includes(node) !== true).map((node) => ({ app, node }))
  );
}

function keyOf(app: string, node: string): string {
  return `${node}/${app}`;
}
