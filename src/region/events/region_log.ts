import { errorMessage } from "../../base/errors.ts";
import type { Logger, LogLevel } from "../../base/log.ts";
import type { LogEvent, LogEventFields } from "../../base/log_events.ts";
import type { EventDocument } from "../model/documents.ts";
import type { EventStream } from "../store/event_stream.ts";

/** What the parts of a region tell what happens. */
export type RegionTeller = Pick<RegionLog, "info" | "warn" | "debug">;

/** Kind of who tells, as subjects name it. */
export type TellerKind = "control" | "node" | "front" | "operator";

/** Logs what happens, and has the region remember it. Nothing waits for that, and what cannot be told is only logged. */
export class RegionLog {
  /**
   * @param who tells: kind and name.
   * @param stream null while there is none.
   */
  constructor(
    private readonly log: Pick<Logger, "debug" | "info" | "warn">,
    private readonly who: readonly [kind: TellerKind, name: string],
    private readonly stream: () => Pick<EventStream, "tell"> | null,
  ) {}

  info<Event extends LogEvent>(event: Event, fields: LogEventFields<Event>): void {
    this.log.info(event, fields);
    this.#tell("info", event, fields);
  }

  warn<Event extends LogEvent>(event: Event, fields: LogEventFields<Event>): void {
    this.log.warn(event, fields);
    this.#tell("warn", event, fields);
  }

  /** Only logs. */
  debug<Event extends LogEvent>(event: Event, fields: LogEventFields<Event>): void {
    this.log.debug(event, fields);
  }

  #tell(level: LogLevel, event: LogEvent, fields: object): void {
    const document = regionEvent(level, event, this.who, fields);
    this.stream()?.tell(this.who, document).catch((error: unknown) => {
      this.log.debug("region_event_lost", { name: event, error: errorMessage(error) });
    });
  }
}

/** An event as it is remembered. */
export function regionEvent(
  level: LogLevel,
  event: LogEvent,
  [kind, name]: readonly [kind: TellerKind, name: string],
  fields: object,
): EventDocument {
  // What is undefined is left out, as in the log.
  const plain = JSON.parse(JSON.stringify(fields)) as EventDocument["fields"];
  return { format: 1, level, event, by: `${kind} ${name}`, fields: plain };
}
