import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { withQuery } from "../../api/client.ts";
import type { LogEvent } from "../../api/types.ts";
import { Choice } from "../../parts/choice.tsx";
import { EventLine } from "../../parts/event_line.tsx";
import { Empty } from "../../parts/notice.tsx";
import { address, choose } from "../../state/location.ts";
import { useStream } from "../../state/use_stream.ts";

const KEPT = 200;
const LEVELS = [["", "all"], ["warn", "warnings"], ["error", "errors"]] as const;

/** What the log says of the app, newest first: of before, too. */
export function EventsTab({ app }: { app: string }): JSX.Element {
  const level = LEVELS.find(([value]) => value === address.value.query["level"])?.[0] ?? "";
  const events = useSignal<readonly LogEvent[]>([]);
  useStream(withQuery("/api/v1/events", { app, last: KEPT, level }), {
    onStart: () => events.value = [],
    onMessage: (name, data) => {
      if (name === "event") events.value = [data as LogEvent, ...events.value].slice(0, KEPT);
    },
  });
  return (
    <>
      <div class="filters">
        <Choice label="Level" options={LEVELS} chosen={level} onChoose={(level) => choose({ level })} />
      </div>
      {events.value.length === 0 ? <Empty>Nothing was logged of this app.</Empty> : (
        <ol class="events">
          {events.value.map((one, index) => <EventLine key={`${one.ts} ${index}`} event={one} />)}
        </ol>
      )}
    </>
  );
}
