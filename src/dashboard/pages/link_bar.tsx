import type { JSX } from "preact";
import { formatTime } from "../base/format.ts";
import { link, proxy } from "../state/samples.ts";

/** Says clearly when what is shown is old. Nothing where all is well. */
export function LinkBar({ retry }: { retry: () => void }): JSX.Element {
  const { value } = link;
  document.body.classList.toggle("is-stale", value.type === "lost");
  return (
    <div role="status" class={`link link-${value.type}`}>
      {value.type === "lost"
        ? (
          <>
            <b>Not connected</b> since {formatTime(value.since)}: {value.why}.{" "}
            {proxy.value === null ? "" : "What is shown is as it was then. "}
            <button type="button" onClick={retry}>Try now</button>
          </>
        )
        : value.type === "refused"
        ? <>No live data: {value.why}</>
        : value.type === "connecting" && proxy.value === null
        ? "Connecting …"
        : ""}
    </div>
  );
}
