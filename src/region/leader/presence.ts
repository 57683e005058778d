import type { Clock } from "../../base/clock.ts";
import type { RegionTeller } from "../events/region_log.ts";
import type { PlacementNode } from "../model/placement.ts";
import { HoldBack } from "./hold_back.ts";

/** Which nodes come and go: tells of it, and holds those back that do so again and again. */
export class Presence {
  readonly #holdBack: HoldBack;
  /** Nodes that were there when they were looked at last; null before the first look of a leader. */
  #there: ReadonlySet<string> | null = null;

  constructor(clock: Pick<Clock, "now">, private readonly log: RegionTeller) {
    this.#holdBack = new HoldBack(clock);
  }

  /** Begins to lead: what was before is not told. */
  begin(): void {
    this.#there = null;
  }

  /** Notes which are there, and tells of those that came and went. */
  note(nodes: readonly PlacementNode[]): void {
    const there = present(nodes);
    const before = this.#there;
    this.#there = new Set(there);
    if (before === null) return;
    for (const node of before) {
      if (this.#there.has(node)) continue;
      this.#holdBack.left(node);
      this.log.warn("region_node_gone", { node });
    }
    for (const node of there) {
      if (before.has(node)) continue;
      this.log.info("region_node_back", { node });
      const heldMs = this.#holdBack.heldMs(node);
      if (heldMs > 0) this.log.warn("region_node_held_back", { node, seconds: Math.round(heldMs / 1_000) });
    }
  }

  /** The nodes as placement is to see them: those that are held back are as if they were cordoned. */
  of(nodes: readonly PlacementNode[]): PlacementNode[] {
    const held = this.#holdBack.among(present(nodes));
    return nodes.map((node) =>
      node.standing === "ready" && held.has(node.name) ? { ...node, standing: "cordoned" } : node
    );
  }
}

function present(nodes: readonly PlacementNode[]): string[] {
  return nodes.flatMap(({ name, standing }) => standing === "gone" ? [] : [name]);
}
