import type { JSX } from "preact";
import type { Receipt } from "../../api/rollouts.ts";
import { formatCount } from "../../base/format.ts";

/** A receipt in a line; null where there is none. */
export function receiptText(receipt: Receipt | null | undefined): string | null {
  if (receipt === null || receipt === undefined) return null;
  return `sessions: ${counts(receipt.sessions)}; listeners: ${counts(receipt.listeners)}`;
}

function counts(all: Readonly<Record<string, number>>): string {
  const found = Object.entries(all).filter(([, count]) => count > 0);
  return found.length === 0
    ? "none"
    : found.map(([name, count]) => `${formatCount(count)} ${name}`).join(", ");
}

/** What a rollout did with sessions and listen addresses. */
export function ReceiptTable(
  { receipt: { sessions, listeners }, drainingNow }: { receipt: Receipt; drainingNow: number },
): JSX.Element {
  const still = drainingNow === 0 ? "" : `, of which ${formatCount(drainingNow)} still run`;
  return (
    <div class="receipt">
      <Counts title="Sessions" all={sessions} notes={{ draining: still }} />
      <Counts title="Listeners" all={listeners} notes={{}} />
    </div>
  );
}

function Counts(
  { title, all, notes }: {
    title: string;
    all: Readonly<Record<string, number>>;
    notes: Readonly<Record<string, string>>;
  },
): JSX.Element {
  return (
    <table>
      <caption>{title}</caption>
      <tbody>
        {Object.entries(all).map(([name, count]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>{formatCount(count)}{notes[name] ?? ""}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
