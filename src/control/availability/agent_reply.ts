import { Admin, type AdminValue } from "../../model/target_words.ts";

/** What an agent on a target said last, of each thing that it may speak of; null where it never did. */
export interface AgentReport {
  /** What it asks for, as an operator would; `ready` takes that back. */
  readonly admin: AdminValue | null;
  /** Share of the configured weight, 0 to 256 times. */
  readonly weight: number | null;
  /** Most connections of the target at once; 0 for no limit. */
  readonly maxConnections: number | null;
}

/** One line of an agent. */
export interface AgentReply extends AgentReport {
  /** Whether it says that its target is up; null where it does not speak of that. */
  readonly isUp: boolean | null;
  /** Its own words for why. */
  readonly reason: string;
}

const WEIGHT = /^(\d{1,5})%$/;
const MAX_CONNECTIONS = /^maxconn:(\d{1,9})$/;
const MAX_SHARE = 256;
/** Words by what they say of the target (HAProxy's manual, "agent-check"). */
const STATUS: ReadonlyMap<string, boolean> = new Map([
  ["up", true],
  ["down", false],
  ["fail", false],
  ["failed", false],
  ["stopped", false],
]);
const ADMIN: ReadonlyMap<string, AdminValue> = new Map([
  ["ready", Admin.ready],
  ["drain", Admin.drain],
  ["maint", Admin.maint],
]);

/**
 * Reads a line of an agent, in the form that HAProxy's `agent-check` has: words between spaces, tabs or commas, such as
 * `up 75% maxconn:30`, and after a `#` the reason.
 * @returns null when it has a word that is unknown, or none.
 */
export function parseAgentReply(line: string): AgentReply | null {
  const [said = "", ...because] = line.split("#");
  const words = said.toLowerCase().split(/[\s,]+/).filter((word) => word !== "");
  if (words.length === 0) return null;
  let reply: AgentReply = { ...NOTHING_SAID, isUp: null, reason: because.join("#").trim() };
  for (const word of words) {
    const part = readWord(word);
    if (part === null) return null;
    reply = { ...reply, ...part };
  }
  return reply;
}

/** An agent that has not spoken. */
export const NOTHING_SAID: AgentReport = { admin: null, weight: null, maxConnections: null };

/** What is known of an agent after it spoke: what it did not speak of stays. */
export function mergeReport(
  before: AgentReport,
  { admin, weight, maxConnections }: AgentReport,
): AgentReport {
  return {
    admin: admin ?? before.admin,
    weight: weight ?? before.weight,
    maxConnections: maxConnections ?? before.maxConnections,
  };
}

function readWord(word: string): Partial<AgentReply> | null {
  const isUp = STATUS.get(word);
  if (isUp !== undefined) return { isUp };
  const admin = ADMIN.get(word);
  if (admin !== undefined) return { admin };
  const weight = WEIGHT.exec(word)?.[1];
  if (weight !== undefined) return { weight: Math.min(MAX_SHARE, Number(weight) / 100) };
  const most = MAX_CONNECTIONS.exec(word)?.[1];
  return most === undefined ? null : { maxConnections: Number(most) };
}
