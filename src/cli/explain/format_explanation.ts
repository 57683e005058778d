import { formatAddress } from "../../model/address.ts";
import { formatTable } from "../table.ts";
import type { AskedClient } from "./asked_client.ts";
import type { Explanation } from "./explain.ts";

/** The answer as people read it: what the client would get, then why each rule and target was passed over. */
export function formatExplanation(explanation: Explanation, asked: AskedClient, maxWidth: number): string {
  const { app, listener, isDenied, isDeniedByAccess, target, scriptFailure, rules, targets } = explanation;
  const time = new Date(asked.wallTimeMs).toISOString().replace(/\.\d+Z$/, "Z");
  const outcome = isDeniedByAccess
    ? "is turned away by the access rules"
    : isDenied
    ? "is turned away"
    : target === null
    ? "gets no target"
    : `goes to ${target}`;
  const [client, own] = [asked.client, listener].map(formatAddress);
  const answer = `${client} at ${own} of the app ${app}, at ${time}: ${outcome}\n`;
  if (isDeniedByAccess) return answer;
  const lines = [answer, "Targets count as well and idle; the running proxy goes by what they are.\n"];
  if (scriptFailure !== null) lines.push(`The script failed, and round robin chose: ${scriptFailure}\n`);
  if (rules.length > 0) {
    const rows = rules.map(({ rule, condition, outcome }) => [rule, condition || "(for everybody)", outcome]);
    lines.push("\n", formatTable([["RULE", "CONDITION", "OUTCOME"], ...rows], maxWidth));
  }
  const rows = targets.map(({ target, outcome }) => [target, outcome]);
  lines.push("\n", formatTable([["TARGET", "OUTCOME"], ...rows], maxWidth));
  return lines.join("");
}
