import type { Assignments, PlacementApp, RemovalReason, Replica } from "../model/placement.ts";
import type { Ledger } from "./ledger.ts";
import type { PlacedApp } from "./placed_app.ts";
import { score } from "./score.ts";

/** Keeps the replicas of apps that may stay where they are, and notes why the others may not. */
export class Keeper {
  constructor(private readonly ledger: Ledger) {}

  /** @param placed in the order of their names: where two apps cannot both stay, the first does. */
  keep(placed: readonly PlacedApp[], present: Assignments): void {
    for (const one of placed) {
      for (const replica of present.get(one.app.name) ?? []) this.#consider(one, replica);
    }
  }

  /** Takes away what is more than an app wants; each zone keeps as many as it can beside the others. */
  shrink(placed: PlacedApp): void {
    const { ledger } = this;
    while (placed.held.length > placed.app.replicas) {
      const inZone = new Int32Array(ledger.zones);
      for (const { node } of placed.held) inZone[ledger.zone[node]!]!++;
      const rate = (node: number): readonly number[] => [
        ledger.standing(node) === "ready" ? 1 : 0,
        -inZone[ledger.zone[node]!]!,
        score(placed.seed, ledger.seed[node]!, ledger.weight[node]!),
      ];
      const worst = placed.held.reduce((least, one) =>
        isLess(rate(one.node), rate(least.node)) ? one : least
      );
      placed.held.splice(placed.held.indexOf(worst), 1);
      ledger.release(worst.node, placed.app, worst.ports);
      placed.lose(ledger.nodes[worst.node]!.name, "scaled_down");
    }
  }

  #consider(placed: PlacedApp, replica: Replica): void {
    const node = this.ledger.find(replica.node);
    if (node !== null && placed.isOn(node)) return;
    const reason = node === null ? "node_unknown" : this.#problem(node, placed);
    if (node === null || reason !== null) placed.lose(replica.node, reason ?? "node_unknown");
    else {placed.held.push({
        node,
        ports: this.ledger.take(node, placed.app, replica.ports),
        former: replica,
      });}
  }

  #problem(node: number, placed: PlacedApp): RemovalReason | null {
    const { app } = placed;
    const standing = this.ledger.standing(node);
    if (standing === "gone" || standing === "draining") return standing;
    if (placed.mask[node] === 0) return "labels";
    if (this.#isZoneFull(node, placed, app)) return "zone_full";
    const refusal = this.ledger.refusal(node, app);
    return refusal as Exclude<typeof refusal, "cordoned" | "has_one">;
  }

  #isZoneFull(node: number, { held }: PlacedApp, { maxPerZone }: PlacementApp): boolean {
    if (maxPerZone === null) return false;
    const { zone } = this.ledger;
    return held.filter((replica) => zone[replica.node] === zone[node]).length >= maxPerZone;
  }
}

/** The first that differs decides. */
function isLess(a: readonly number[], b: readonly number[]): boolean {
  const at = a.findIndex((value, index) => value !== b[index]);
  return at >= 0 && a[at]! < b[at]!;
}
