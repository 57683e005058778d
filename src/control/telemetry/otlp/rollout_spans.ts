import type { RolloutEntry } from "../../rollouts/rollout.ts";
import type { Span } from "./span.ts";

/** Events that tell of the rollout that began last. */
const EVENTS: ReadonlySet<string> = new Set([
  "started",
  "start_failed",
  "config_applied",
  "config_refused",
  "config_warning",
  "config_waits",
  "config_late",
]);

/** Ids of a span, as log records name it. */
export interface SpanIds {
  readonly traceId: string;
  readonly spanId: string;
}

/** Makes a span of each rollout, and knows which events belong to the last. */
export class RolloutSpans {
  #ids: SpanIds | null = null;

  /** A rollout begins: events that tell of it are in its span from now on. */
  begin(): void {
    this.#ids = { traceId: randomHex(16), spanId: randomHex(8) };
  }

  /** The span that an event belongs to, null where it is none of a rollout. */
  idsFor(event: string): SpanIds | null {
    return EVENTS.has(event) ? this.#ids : null;
  }

  /** The span of the rollout that began last. */
  end(entry: RolloutEntry): Span {
    const { traceId, spanId } = this.#ids ?? { traceId: randomHex(16), spanId: randomHex(8) };
    const { number, source, hash, result, revision, startedAt, durationMs, error } = entry;
    const mistakes = entry.diagnostics.filter(({ severity }) => severity === "error").length;
    const isFailed = result === "refused" || result === "failed";
    return {
      traceId,
      spanId,
      parentSpanId: null,
      isParentRemote: false,
      flags: 1,
      traceState: null,
      name: "rollout",
      kind: "internal",
      startMs: startedAt,
      endMs: startedAt + durationMs,
      attributes: {
        "error.type": isFailed ? result : undefined,
        "fproxy.rollout.number": number,
        "fproxy.rollout.source": source,
        "fproxy.rollout.hash": hash || undefined,
        "fproxy.rollout.result": result,
        "fproxy.rollout.mistakes": mistakes,
        "fproxy.rollout.apps_added": entry.added.length,
        "fproxy.rollout.apps_changed": entry.changed.length,
        "fproxy.rollout.apps_removed": entry.removed.length,
        "fproxy.revision": revision ?? undefined,
      },
      error: isFailed ? error || result : null,
    };
  }
}

function randomHex(bytes: number): string {
  return crypto.getRandomValues(new Uint8Array(bytes)).toHex();
}
