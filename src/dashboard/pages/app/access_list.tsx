import type { ComponentChildren, JSX } from "preact";
import type { AccessRecord } from "../../api/types.ts";
import { formatBytes, formatMs, formatTime, NOTHING } from "../../base/format.ts";
import { Mark } from "../../parts/mark.tsx";
import { VirtualList } from "../../parts/virtual_list.tsx";
import { writeAddress } from "../../pure/address.ts";
import { isError, words } from "../../pure/reasons.ts";

const ROW_HEIGHT = 28;
const CARD_HEIGHT = 190;
const MAX_HEIGHT = 480;
const SERVER_ERROR = 500;

/** Access records, newest first; each leads to its story. */
export function AccessList(
  { records, isHttp }: { records: readonly AccessRecord[]; isHttp: boolean },
): JSX.Element {
  const names = [
    "Ended",
    "Ended by",
    ...(isHttp ? ["Status", "Request"] : []),
    "Client",
    "Target",
    "Tries",
    "Connect",
    "First byte",
    "Took",
    "From client",
    "To client",
  ];
  return (
    <VirtualList
      label="Access records"
      kind={isHttp ? "requests" : "records"}
      head={names}
      names={names}
      count={records.length}
      rowHeight={ROW_HEIGHT}
      cardHeight={CARD_HEIGHT}
      maxHeight={MAX_HEIGHT}
      keyOf={(index) => records[index]?.id ?? ""}
      row={(index) => {
        const record = records[index];
        return record === undefined ? [] : rowOf(record, isHttp);
      }}
    />
  );
}

function rowOf(record: AccessRecord, isHttp: boolean): readonly ComponentChildren[] {
  const { ts, id, close_reason, status = 0, method = "", path = "", attempts } = record;
  const isBad = isError(close_reason) || status >= SERVER_ERROR;
  return [
    <a key="why" href={writeAddress({ type: "why", id })} title={`The story of ${id}`}>{formatTime(ts)}</a>,
    <span key="reason" class={isError(close_reason) ? "bad-text" : ""}>
      {isBad ? <Mark severity="bad" /> : null} {words(close_reason)}
    </span>,
    ...(isHttp
      ? [
        <span key="status" class={status >= SERVER_ERROR ? "bad-text" : ""}>
          {status === 0 ? NOTHING : status}
        </span>,
        <span key="request" title={`${method} ${path}`}>{method} {path}</span>,
      ]
      : []),
    record.client_addr,
    record.target ?? NOTHING,
    <span key="tries" class={attempts > 1 ? "warn-text" : ""}>{attempts}</span>,
    formatMs(record.connect_ms),
    formatMs(record.first_byte_ms),
    formatMs(record.duration_ms),
    formatBytes(record.bytes_in),
    formatBytes(record.bytes_out),
  ];
}
