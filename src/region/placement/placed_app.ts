import type { PlacementApp, RemovalReason, Replica } from "../model/placement.ts";
import { nameSeed } from "./score.ts";

/** A replica while apps are placed. */
export interface HeldReplica {
  /** Number of its node in the ledger. */
  readonly node: number;
  readonly ports: readonly number[];
  /** What it was before; null where it is new. */
  readonly former: Replica | null;
}

const NOTHING_LOST: ReadonlyMap<string, RemovalReason> = new Map();

/** An app while apps are placed. */
export class PlacedApp {
  readonly held: HeldReplica[] = [];
  #lost: Map<string, RemovalReason> | null = null;
  #seed: number | null = null;

  /** @param mask for each node 1 where it has the labels that the app requires. */
  constructor(readonly app: PlacementApp, readonly mask: Uint8Array) {}

  get seed(): number {
    return this.#seed ??= nameSeed(this.app.name);
  }

  get missing(): number {
    return Math.max(0, this.app.replicas - this.held.length);
  }

  /** Nodes that it left, and why. */
  get lost(): ReadonlyMap<string, RemovalReason> {
    return this.#lost ?? NOTHING_LOST;
  }

  isOn(node: number): boolean {
    return this.held.some((replica) => replica.node === node);
  }

  lose(node: string, reason: RemovalReason): void {
    this.#lost ??= new Map();
    this.#lost.set(node, reason);
  }
}
