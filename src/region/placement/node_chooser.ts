import type { Refusal } from "../model/placement.ts";
import type { Ledger } from "./ledger.ts";
import type { PlacedApp } from "./placed_app.ts";
import { score } from "./score.ts";

/**
 * Chooses nodes for replicas. What counts, in this order: that the app gets into a second zone, that the node has no more
 * than its share, where the app wants it that no zone has more replicas than another, and the node's {@link score}.
 */
export class NodeChooser {
  /** Of the app at hand; 0 for nodes that do not come into question. */
  readonly #scores: Float64Array;
  /** 1 where a node would have more than its share. */
  readonly #excess: Uint8Array;
  readonly #inZone: Int32Array;
  #zonesUsed = 0;
  #placed: PlacedApp | null = null;

  constructor(private readonly ledger: Ledger) {
    this.#scores = new Float64Array(ledger.nodes.length);
    this.#excess = new Uint8Array(ledger.nodes.length);
    this.#inZone = new Int32Array(ledger.zones);
  }

  /** Looks at all nodes for an app. */
  begin(placed: PlacedApp): void {
    const { ledger } = this;
    const { app, mask, seed } = placed;
    this.#placed = placed;
    this.#countZones(placed);
    for (let node = 0; node < mask.length; node++) {
      const isAble = mask[node] === 1 && ledger.isReady[node] === 1 && ledger.refusal(node, app) === null;
      this.#scores[node] = isAble ? score(seed, ledger.seed[node]!, ledger.weight[node]!) : 0;
      if (isAble) this.#excess[node] = ledger.isBeyondShare(node, app.connections) ? 1 : 0;
    }
    for (const { node } of placed.held) this.#scores[node] = 0;
  }

  /** The best node for one more replica of the app; null where none takes it. */
  next(): number | null {
    const { app } = this.#placed!;
    const zone = this.ledger.zone;
    const spreads = app.spreadBy.includes("zone");
    const most = app.maxPerZone ?? Infinity;
    let best = -1;
    let bestRank = Infinity;
    let bestScore = 0;
    for (let node = 0; node < this.#scores.length; node++) {
      const fit = this.#scores[node]!;
      if (fit === 0) continue;
      const held = this.#inZone[zone[node]!]!;
      if (held >= most) continue;
      const rank = this.#rank(node, held, spreads);
      if (rank > bestRank || rank === bestRank && fit <= bestScore) continue;
      best = node;
      bestRank = rank;
      bestScore = fit;
    }
    return best < 0 ? null : best;
  }

  /** The app has a replica more there. */
  took(node: number): void {
    this.#scores[node] = 0;
    if (this.#inZone[this.ledger.zone[node]!]!++ === 0) this.#zonesUsed++;
  }

  /** Whether a node that {@link next} gave would have more than its share. */
  isExcess(node: number): boolean {
    return this.#excess[node] === 1;
  }

  /** How many nodes refuse one more replica of the app, by why. */
  refusals(placed: PlacedApp): Partial<Record<Refusal, number>> {
    this.#countZones(placed);
    const counts: Partial<Record<Refusal, number>> = {};
    for (let node = 0; node < this.#scores.length; node++) {
      const why = this.#refusal(node, placed);
      if (why !== null) counts[why] = (counts[why] ?? 0) + 1;
    }
    return counts;
  }

  #refusal(node: number, placed: PlacedApp): Refusal | null {
    const { app } = placed;
    if (placed.isOn(node)) return "has_one";
    const standing = this.ledger.standing(node);
    if (standing !== "ready") return standing;
    if (placed.mask[node] === 0) return "labels";
    if (this.#inZone[this.ledger.zone[node]!]! >= (app.maxPerZone ?? Infinity)) return "zone_full";
    return this.ledger.refusal(node, app);
  }

  /** The lower the better; a node's share weighs more than any number of replicas in a zone. */
  #rank(node: number, heldInZone: number, spreads: boolean): number {
    const staysInOneZone = this.#zonesUsed === 1 && heldInZone > 0;
    const nodes = this.#scores.length;
    return (staysInOneZone ? 4 * nodes : 0) + (this.#excess[node] === 1 ? 2 * nodes : 0) +
      (spreads ? heldInZone : 0);
  }

  #countZones({ held }: PlacedApp): void {
    this.#inZone.fill(0);
    for (const { node } of held) this.#inZone[this.ledger.zone[node]!]!++;
    this.#zonesUsed = this.#inZone.reduce((sum, count) => sum + (count > 0 ? 1 : 0), 0);
  }
}
