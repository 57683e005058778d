import type { JSX } from "preact";
import type { LogEvent } from "../api/types.ts";
import { formatDateTime } from "../base/format.ts";
import { writeAddress } from "../pure/address.ts";
import { Mark } from "./mark.tsx";

const SHOWN_APART = new Set(["ts", "level", "event", "message", "app"]);

/** A line of the log. */
export function EventLine({ event }: { event: LogEvent }): JSX.Element {
  const { ts, level, message, app } = event;
  const severity = level === "error" ? "bad" : level === "warn" ? "warn" : "planned";
  const fields = Object.entries(event).filter(([name]) => !SHOWN_APART.has(name));
  return (
    <li class={`event event-${level}`}>
      <time dateTime={ts}>{formatDateTime(ts)}</time>
      <span class="event-level">
        {level === "error" || level === "warn" ? <Mark severity={severity} /> : null}
        {level}
      </span>
      <span>
        {typeof app === "string" ? <a href={writeAddress({ type: "app", app })}>{app}</a> : null} {message}
        <span class="fields">
          {fields.map(([name, value]) => (
            <span key={name}>
              <i>{name}</i> {typeof value === "string" ? value : JSON.stringify(value)}
            </span>
          ))}
        </span>
      </span>
    </li>
  );
}
