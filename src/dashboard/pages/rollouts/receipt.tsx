import type { JSX } from "preact";
import { countOf, type Receipt } from "../../api/rollouts.ts";
import { formatCount } from "../../base/format.ts";

/** A receipt in a line; null where there is none. */
export function receiptText(receipt: Receipt | null | undefined): string | null {
  if (receipt === null || receipt === undefined) return null;
  const { sessions, listeners } = receipt;
  const ports = [
    `${countOf(listeners.kept)} kept`,
    ...(countOf(listeners.opened) > 0 ? [`${countOf(listeners.opened)} opened`] : []),
    ...(countOf(listeners.closed) > 0 ? [`${countOf(listeners.closed)} closed`] : []),
  ];
  return `sessions: ${sessions.kept} kept, ${sessions.draining} draining, ${sessions.cut} cut; listeners: ${
    ports.join(", ")
  }`;
}

/** What a rollout did with sessions and listen addresses. */
export function ReceiptTable({ receipt: { sessions, listeners } }: { receipt: Receipt }): JSX.Element {
  return (
    <div class="receipt">
      <table>
        <caption>Sessions</caption>
        <tbody>
          <Row name="kept" value={sessions.kept} />
          <Row name="draining" value={sessions.draining} />
          <Row name="cut" value={sessions.cut} />
        </tbody>
      </table>
      <table>
        <caption>Listeners</caption>
        <tbody>
          <Row name="kept" value={listeners.kept} />
          <Row name="opened" value={listeners.opened} />
          <Row name="closed" value={listeners.closed} />
        </tbody>
      </table>
    </div>
  );
}

function Row({ name, value }: { name: string; value: number | readonly string[] }): JSX.Element {
  return (
    <tr>
      <th scope="row">{name}</th>
      <td>{formatCount(countOf(value))}</td>
      <td class="muted">{typeof value === "number" ? "" : value.join(", ")}</td>
    </tr>
  );
}
