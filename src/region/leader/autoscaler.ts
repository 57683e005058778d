import type { Clock } from "../../base/clock.ts";
import { recommend, targetOf } from "../autoscale/recommend.ts";
import { Scaler } from "../autoscale/scaler.ts";
import type { ScaleSettings } from "../model/app_settings.ts";
import type { LoadDocument } from "../model/documents.ts";
import { LOAD_MS } from "../model/times.ts";

/** What a node told before so many of its pauses, each at least as long as usual, says nothing any more. */
const STALE_PAUSES = 4;

/** An app with `scale`, as it is. */
export interface ScaledApp {
  readonly name: string;
  readonly settings: ScaleSettings;
  /** How many replicas it is to have. */
  readonly replicas: number;
  /** Nodes of those that it has. */
  readonly nodes: readonly string[];
}

/** How many replicas an app should have, and why. */
export interface ScaleChange {
  readonly app: string;
  readonly from: number;
  readonly replicas: number;
  readonly reason: string;
}

interface Told {
  readonly at: number;
  readonly load: LoadDocument;
}

/** Works out from what nodes tell how many replicas apps need. */
export class Autoscaler {
  /** What each node told last, and before that. */
  readonly #told = new Map<string, { readonly last: Told; readonly before: Told | null }>();
  readonly #scalers = new Map<string, Scaler>();

  constructor(private readonly clock: Pick<Clock, "now">) {}

  /** A node tells what it has to do. */
  heard(node: string, load: LoadDocument): void {
    const before = this.#told.get(node)?.last ?? null;
    this.#told.set(node, { last: { at: this.clock.now(), load }, before });
  }

  /** What should be another number than it is. */
  look(apps: readonly ScaledApp[]): ScaleChange[] {
    const names = new Set(apps.map(({ name }) => name));
    for (const name of this.#scalers.keys()) if (!names.has(name)) this.#scalers.delete(name);
    return apps.flatMap(({ name, settings, replicas: from, nodes }) => {
      const { metric, value } = targetOf(settings);
      const recommendation = recommend({
        metrics: nodes.map((node) => this.#metric(node, name, metric)),
        target: value,
      });
      const scaler = this.#scalers.get(name) ?? new Scaler(this.clock);
      this.#scalers.set(name, scaler);
      const { replicas, limit } = scaler.decide(settings, from, recommendation);
      if (replicas === from) return [];
      const reason = `${metric}: ${recommendation.formula}${limit === "" ? "" : `, ${limit}`}`;
      return [{ app: name, from, replicas, reason }];
    });
  }

  /** Who carries many apps tells of them less often. */
  #isStale({ last, before }: { readonly last: Told; readonly before: Told | null }): boolean {
    const pauseMs = Math.max(LOAD_MS, last.at - (before?.at ?? last.at));
    return this.clock.now() - last.at > STALE_PAUSES * pauseMs;
  }

  /** Null where the node has told nothing of the app lately. */
  #metric(node: string, app: string, metric: keyof ScaleSettings["target"]): number | null {
    const told = this.#told.get(node);
    if (told === undefined || this.#isStale(told)) return null;
    const now = told.last.load.apps[app];
    if (now === undefined) return null;
    if (metric === "cpu") return told.last.load.cpu;
    if (metric === "connections") return now[0];
    const then = told.before?.load.apps[app];
    const seconds = (told.last.at - (told.before?.at ?? 0)) / 1_000;
    const at = metric === "requests_per_second" ? 2 : 1;
    // One that was started anew counts from nothing.
    if (then === undefined || seconds <= 0 || now[at] < then[at]) return null;
    return (now[at] - then[at]) / seconds;
  }
}
