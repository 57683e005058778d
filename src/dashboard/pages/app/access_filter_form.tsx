import type { JSX } from "preact";
import type { AccessField, AccessFilter } from "../../pure/access_filter.ts";
import { words } from "../../pure/reasons.ts";
import { choose } from "../../state/location.ts";

const REASONS = [
  "done",
  "client_abort",
  "target_abort",
  "connect_failed",
  "no_target",
  "limit",
  "denied",
  "idle_timeout",
  "max_duration",
  "target_down",
  "admin",
  "drain",
  "resource",
  "internal",
];

/** What records have to be like. What is chosen stands in the address. */
export function AccessFilterForm(
  { filter, isHttp, isPaused, pause }: {
    filter: AccessFilter;
    isHttp: boolean;
    isPaused: boolean;
    pause: () => void;
  },
): JSX.Element {
  const field = (name: AccessField, label: string, hint: string): JSX.Element => (
    <label>
      {label}
      <input
        name={name}
        placeholder={hint}
        value={filter[name]}
        onChange={({ currentTarget }) => choose({ [name]: currentTarget.value })}
      />
    </label>
  );
  return (
    <form class="filters" aria-label="Filter of records" onSubmit={(event) => event.preventDefault()}>
      <label>
        Ended by
        <select
          name="close_reason"
          value={filter.close_reason}
          onChange={({ currentTarget }) => choose({ close_reason: currentTarget.value })}
        >
          <option value="">anything</option>
          {REASONS.map((reason) => <option key={reason} value={reason}>{words(reason)}</option>)}
        </select>
      </label>
      {field("target", "Target", "10.0.0.7:80")}
      {field("client", "Client begins with", "10.0.")}
      {isHttp ? field("status", "Status", "404,5xx") : null}
      {field("min_ms", "Took at least, ms", "1000")}
      <button type="button" aria-pressed={isPaused} onClick={pause}>{isPaused ? "Go on" : "Pause"}</button>
    </form>
  );
}
