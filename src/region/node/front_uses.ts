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
  /** What was said last: also what is about to be used. */
  #said: Uses = {};
  #isSaid = false;

  constructor(
    private readonly front: string,
    private readonly store: Pick<RegionBuckets, "fronts" | "assignments">,
  ) {}

  /** Says that these are about to be used. @returns those of them that may be. @throws {StoreError} */
  async claim(uses: Uses): Promise<Uses> {
    const added = Object.entries(uses).flatMap(([app, nodes]) =>
      nodes.filter((node) => this.#inForce[app]?.includes(node) !== true).map((node) => ({ app, node }))
    );
    if (added.length === 0) return uses;
    const both = Object.keys({ ...this.#inForce, ...uses }).map((app) =>
      [app, [...new Set([...this.#inForce[app] ?? [], ...uses[app] ?? []])]] as const
    );
    await this.#write(Object.fromEntries(both));
    const nodes = [...new Set(added.map(({ node }) => node))];
    const looks = new Map(
      await Promise.all(nodes.map(async (node) => [node, await this.store.assignments.get(node)] as const)),
    );
    const isOpen = (app: string, node: string): boolean => {
      const assigned = looks.get(node)?.value?.apps[app];
      return assigned !== undefined && assigned.phase !== "closing" && assigned.phase !== "updating";
    };
    const isRefused = (app: string, node: string): boolean =>
      added.some((one) => one.app === app && one.node === node) && !isOpen(app, node);
    return Object.fromEntries(
      Object.entries(uses).map(([app, nodes]) => [app, nodes.filter((node) => !isRefused(app, node))]),
    );
  }

  /** These and no others are used now. @throws {StoreError} */
  async areInForce(uses: Uses): Promise<void> {
    this.#inForce = uses;
    if (!this.#isSaid || JSON.stringify(this.#said) !== JSON.stringify(uses)) await this.#write(uses);
  }

  /** Says once more what is used: it is a lease. @throws {StoreError} */
  async renew(): Promise<void> {
    await this.#write(this.#said);
  }

  /** Says that nothing is used any more. */
  async leave(): Promise<void> {
    await this.store.fronts.drop(this.front).catch(() => {});
  }

  async #write(uses: Uses): Promise<void> {
    this.#said = uses;
    this.#isSaid = false;
    const copy = Object.fromEntries(Object.entries(uses).map(([app, nodes]) => [app, [...nodes]]));
    await this.store.fronts.put(this.front, { format: 1, uses: copy });
    this.#isSaid = this.#said === uses;
  }
}
