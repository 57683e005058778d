import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { LogEvent } from "../../api/types.ts";
import { Empty } from "../../parts/notice.tsx";
import { EventLine } from "../../parts/event_line.tsx";
import { Panel } from "../../parts/panel.tsx";
import { useStream } from "../../state/use_stream.ts";

const SHOWN = 12;

/** The last warnings and errors of the log, newest first. */
export function Happenings(): JSX.Element {
  const events = useSignal<readonly LogEvent[]>([]);
  useStream(`/api/v1/events?level=warn&last=${SHOWN}`, {
    onStart: () => events.value = [],
    onMessage: (name, data) => {
      if (name === "event") events.value = [data as LogEvent, ...events.value].slice(0, SHOWN);
    },
  });
  return (
    <Panel title="Last warnings">
      {events.value.length === 0 ? <Empty>None since the start of the proxy.</Empty> : (
        <ol class="events">
          {events.value.map((one, index) => <EventLine key={`${one.ts} ${index}`} event={one} />)}
        </ol>
      )}
    </Panel>
  );
}
