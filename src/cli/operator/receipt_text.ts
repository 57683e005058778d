import type { WholeRollout } from "../../control/admin/api/schemas/rollout.ts";

/** What a rollout did, as lines for people. @param drainingNow unset where nobody asked. */
export function receiptText(
  { sessions, listeners, threads_missing }: NonNullable<WholeRollout["receipt"]>,
  drainingNow?: number,
): string {
  const { kept, draining, cut } = sessions;
  const now = draining === 0 || drainingNow === undefined ? "" : ` (${drainingNow} of them now)`;
  const failed = listeners.failed === 0 ? "" : `, ${listeners.failed} failed`;
  return [
    `sessions   ${kept} kept, ${draining} draining${now}, ${cut} cut`,
    `listeners  ${listeners.kept} kept, ${listeners.opened} opened, ${listeners.closed} closed${failed}`,
    ...(threads_missing === 0
      ? []
      : [`${threads_missing} data threads did not tell of their sessions in time`]),
  ].map((line) => `${line}\n`).join("");
}
