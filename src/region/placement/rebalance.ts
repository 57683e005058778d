import type { Ledger } from "./ledger.ts";
import { LOAD_FACTOR } from "./ledger.ts";
import type { NodeChooser } from "./node_chooser.ts";
import type { HeldReplica, PlacedApp } from "./placed_app.ts";
import { score } from "./score.ts";

/** Part of all replicas that is moved at a time though nothing forces it; one at least. */
export const MOVED_PART = 0.05;
/** Looks for a better node that may find none, for each replica that may be moved. */
const LOOKS_A_MOVE = 2;

/**
 * Moves replicas that could stay: out of the one zone that an app is in, off nodes with more than their share, and onto
 * nodes with much less than it. Each step makes something better and nothing worse, so that steps come to an end.
 */
export class Rebalance {
  #left: number;
  #looks: number;

  constructor(
    private readonly ledger: Ledger,
    private readonly chooser: NodeChooser,
    private readonly placed: readonly PlacedApp[],
  ) {
    const replicas = placed.reduce((sum, { held }) => sum + held.length, 0);
    this.#left = Math.max(1, Math.floor(replicas * MOVED_PART));
    this.#looks = LOOKS_A_MOVE * this.#left;
  }

  run(): void {
    if (this.ledger.zones > 1) this.#leaveSingleZones();
    this.#relieve();
    this.#fill();
  }

  /** Apps with several replicas, all of them in one zone, go into a second one where that has room. */
  #leaveSingleZones(): void {
    const { zone } = this.ledger;
    for (const placed of this.placed) {
      if (this.#left === 0 || this.#looks === 0) return;
      const [first, ...others] = placed.held;
      if (first === undefined || others.length === 0) continue;
      const home = zone[first.node];
      if (others.some(({ node }) => zone[node] !== home)) continue;
      // The replica that suits its node the least.
      const worst = placed.held.reduce((least, one) =>
        this.#fit(placed, one.node) < this.#fit(placed, least.node) ? one : least
      );
      this.#move(placed, worst, "spread", (node) => zone[node] !== home);
    }
  }

  /** Nodes with more than their share give some away, to nodes that stay below theirs. */
  #relieve(): void {
    const { ledger } = this;
    const isAbove = (node: number): boolean => ledger.apps[node]! > this.#most(node);
    if (!ledger.nodes.some((node, index) => node.standing === "ready" && isAbove(index))) return;
    for (const placed of this.placed) {
      for (const replica of [...placed.held]) {
        if (this.#left === 0 || this.#looks === 0) return;
        if (ledger.standing(replica.node) !== "ready" || !isAbove(replica.node)) continue;
        this.#move(placed, replica, "balance", (node) => !this.chooser.isExcess(node));
      }
    }
  }

  /** Nodes with much less than their share, as new ones, get what suits them better than where it is. */
  #fill(): void {
    const { ledger } = this;
    const isBelow = (node: number): boolean =>
      ledger.apps[node]! < Math.floor(ledger.appShare[node]! / LOAD_FACTOR);
    let poor = ledger.nodes.map((_, index) => index).filter(isBelow);
    for (const placed of this.placed) {
      if (poor.length === 0) return;
      for (const replica of [...placed.held]) {
        if (this.#left === 0) return;
        if (ledger.apps[replica.node]! <= ledger.appShare[replica.node]!) continue;
        const node = this.#bestOf(poor, placed, replica);
        if (node === null) continue;
        this.#put(placed, replica, node, "balance");
        if (!isBelow(node)) poor = poor.filter(isBelow);
      }
    }
  }

  #bestOf(nodes: readonly number[], placed: PlacedApp, replica: HeldReplica): number | null {
    const { ledger } = this;
    let best: number | null = null;
    let bestFit = this.#fit(placed, replica.node);
    for (const node of nodes) {
      const fit = this.#fit(placed, node);
      if (fit <= bestFit || placed.mask[node] === 0 || ledger.isBeyondShare(node, placed.app.connections)) {
        continue;
      }
      if (placed.isOn(node) || ledger.refusal(node, placed.app) !== null) continue;
      if (!this.#keepsSpread(placed, replica, node)) continue;
      best = node;
      bestFit = fit;
    }
    return best;
  }

  /** Whether zones are as evenly used with the replica on another node. */
  #keepsSpread({ held }: PlacedApp, replica: HeldReplica, node: number): boolean {
    const { zone } = this.ledger;
    if (zone[node] === zone[replica.node]) return true;
    const [there, here] = [node, replica.node].map((one) =>
      held.filter((other) => zone[other.node] === zone[one]).length
    );
    return there! < here!;
  }

  /** Moves a replica to the best node for it, if that is one of those wanted. */
  #move(
    placed: PlacedApp,
    replica: HeldReplica,
    reason: "spread" | "balance",
    isWanted: (node: number) => boolean,
  ): void {
    this.#looks--;
    const at = placed.held.indexOf(replica);
    placed.held.splice(at, 1);
    this.chooser.begin(placed);
    const node = this.chooser.next();
    placed.held.splice(at, 0, replica);
    if (node === null || node === replica.node || placed.isOn(node) || !isWanted(node)) return;
    if (reason === "balance" && !this.#keepsSpread(placed, replica, node)) return;
    this.#put(placed, replica, node, reason);
  }

  #put(placed: PlacedApp, replica: HeldReplica, node: number, reason: "spread" | "balance"): void {
    const { ledger } = this;
    ledger.release(replica.node, placed.app, replica.ports);
    placed.held.splice(placed.held.indexOf(replica), 1);
    placed.lose(ledger.nodes[replica.node]!.name, reason);
    placed.held.push({ node, ports: ledger.take(node, placed.app), former: null });
    this.#left--;
  }

  #most(node: number): number {
    return Math.ceil(LOAD_FACTOR * this.ledger.appShare[node]!);
  }

  #fit({ seed }: PlacedApp, node: number): number {
    return score(seed, this.ledger.seed[node]!, this.ledger.weight[node]!);
  }
}
