import type { AppDocument } from "../../src/region/model/app_document.ts";
import type {
  AssignedApp,
  FrontDocument,
  NodeDocument,
  OverrideDocument,
  RolloutDocument,
  ScaleDocument,
  StateDocument,
} from "../../src/region/model/documents.ts";
import type { NodeStanding } from "../../src/region/model/placement.ts";
import type { SeenRegion } from "../../src/region/observe/seen_region.ts";
import type { ViewedNode } from "../../src/region/view/region_view.ts";

/** When all of it was written. */
export const WRITTEN = new Date("2030-01-01T12:00:00.000Z");

/** What a region's store holds, step by step, for tests. */
export class SeenRegionParts implements SeenRegion {
  readonly region = "main";
  leader: string | null = "c1";
  readonly apps = new Map<
    string,
    { value: AppDocument | null; problem: string | null; revision: number }
  >();
  readonly nodes = new Map<string, ViewedNode>();
  readonly assignments = new Map<
    string,
    { value: { format: 1; epoch: number; apps: Record<string, AssignedApp> } | null }
  >();
  readonly rollouts = new Map<string, { value: RolloutDocument | null; at: Date }>();
  readonly scales = new Map<string, { value: ScaleDocument | null; at: Date }>();
  readonly overrides = new Map<string, OverrideDocument>();
  readonly fronts = new Map<string, { uses: FrontDocument["uses"]; isGone: boolean }>();
  readonly #states = new Map<string, StateDocument>();

  node(name: string, standing: NodeStanding = "ready", more: Partial<NodeDocument> = {}, silentMs = 0): this {
    const document: NodeDocument = {
      format: 1,
      run: "r",
      epoch: 1,
      address: `${name}.example`,
      zone: "a",
      labels: {},
      capacity: { apps: 10, connections: 100 },
      port_range: { first: 20_000, last: 20_099 },
      ...more,
    };
    this.nodes.set(name, { document, standing, silentMs });
    return this;
  }

  /** @param extras what is written under `placement`, `rollout` and `scale`. */
  app(name: string, extras: Record<string, unknown> = {}, revision = 7): this {
    const app = { name, ports: [0], targets: ["10.0.0.1:80"] };
    this.apps.set(name, { value: { format: 1, app, by: "ann", ...extras }, problem: null, revision });
    return this;
  }

  /** Has a node carry an app, and say so unless `state` is null. */
  replica(
    node: string,
    app: string,
    state: StateDocument["state"] | null = "ready",
    more: Partial<AssignedApp> & { readonly reason?: string; readonly saidTurn?: number } = {},
  ): this {
    const { reason = "", saidTurn, ...assigned } = more;
    const there = this.assignments.get(node)?.value ?? { format: 1, epoch: 1, apps: {} };
    const carried: AssignedApp = { revision: 7, turn: 1, ports: [20_001], ...assigned };
    there.apps[app] = carried;
    this.assignments.set(node, { value: there });
    if (state === null) return this;
    const { revision, turn } = carried;
    this.#states.set(`${node}/${app}`, {
      format: 1,
      run: "r",
      revision,
      turn: saidTurn ?? turn,
      state,
      reason,
    });
    return this;
  }

  rollout(app: string, more: Partial<RolloutDocument>): this {
    const value: RolloutDocument = {
      format: 1,
      from: 5,
      to: 7,
      leg: "done",
      reason: "",
      paused: false,
      ...more,
    };
    this.rollouts.set(app, { value, at: WRITTEN });
    return this;
  }

  stateOf(node: string, app: string): StateDocument | null {
    return this.#states.get(`${node}/${app}`) ?? null;
  }
}
