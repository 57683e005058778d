import type { LoadDocument } from "../model/documents.ts";
import type { Tries } from "../rollout/rollout_step.ts";

type Counts = LoadDocument["apps"][string];

/**
 * How the replicas of apps that are on trial do, from what nodes tell of their loads. It counts from the first that this
 * program hears of a leg: what came before, a former leader heard.
 */
export class ErrorRates {
  readonly #last = new Map<string, LoadDocument>();
  /** App → the leg that it counts for, and what its nodes had counted when that began. */
  readonly #since = new Map<string, { readonly leg: string; readonly counts: Map<string, Counts> }>();

  /** A node tells what it has to do. */
  heard(node: string, load: LoadDocument): void {
    this.#last.set(node, load);
    for (const [app, { counts }] of this.#since) {
      const now = load.apps[app];
      if (now === undefined) continue;
      const then = counts.get(node);
      // One that was started anew counts from nothing.
      if (then === undefined || now[1] < then[1]) counts.set(node, then === undefined ? now : [0, 0, 0, 0]);
    }
  }

  /** Apps on trial, with the name of their leg; what is known of others is forgotten. */
  watch(apps: ReadonlyMap<string, string>): void {
    for (const app of this.#since.keys()) if (!apps.has(app)) this.#since.delete(app);
    for (const [app, leg] of apps) {
      if (this.#since.get(app)?.leg === leg) continue;
      const counts = new Map<string, Counts>();
      for (const [node, { apps: { [app]: now } }] of this.#last) if (now !== undefined) counts.set(node, now);
      this.#since.set(app, { leg, counts });
    }
  }

  /** Null where nothing is known. */
  of(app: string, node: string): Tries | null {
    const then = this.#since.get(app)?.counts.get(node);
    const now = this.#last.get(node)?.apps[app];
    if (then === undefined || now === undefined) return null;
    const [connections, requests] = [now[1] - then[1], now[2] - then[2]];
    return { tried: requests > 0 ? requests : connections, failed: now[3] - then[3] };
  }
}
