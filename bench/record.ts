import type { Machine } from "./machine.ts";
import type { Row } from "./results.ts";

/** What is known of a run beside its figures. */
export interface RunFacts {
  /** ISO 8601. */
  readonly date: string;
  /** Of the measured checkout. */
  readonly commit: Commit;
  readonly machine: Machine;
  /** By program. */
  readonly versions: Readonly<Record<string, string>>;
  readonly quick: boolean;
  readonly rounds: number;
}

/** The state of a checkout. */
export interface Commit {
  /** Short hash, "unknown" where there is no repository. */
  readonly hash: string;
  /** Whether tracked files differ from it. */
  readonly changed: boolean;
}

/** One suite's part of a run. */
export interface SuiteResult {
  readonly suite: string;
  readonly reference: string;
  /** With whom those that are compared with it are compared as well. */
  readonly furtherReferences: readonly string[];
  /** By rival, for those that are compared with another one. */
  readonly references: Readonly<Record<string, string>>;
  readonly unavailable: Readonly<Record<string, string>>;
  readonly failures: readonly string[];
  /** Share of its time that the proxy's processor worked for others, 0 to 1. */
  readonly disturbance: number;
  readonly rows: readonly Row[];
}

/** Significant digits that are kept. */
const DIGITS = 5;

/** The line of the results file: JSON with its newline, figures rounded. */
export function formatRecord(facts: RunFacts, results: readonly SuiteResult[]): string {
  const suites = results.map(({ rows, ...result }) => ({
    ...result,
    figures: rows.map(({ scenario, metric, cells }) => ({
      scenario,
      metric: metric.name,
      unit: metric.unit,
      rivals: cells,
    })),
  }));
  const rounded = (_: string, value: unknown): unknown =>
    typeof value === "number" ? Number(value.toPrecision(DIGITS)) : value;
  return JSON.stringify({ ...facts, suites }, rounded) + "\n";
}

/** Asks git for the state of a folder. */
export function readCommit(dir: string): Commit {
  const hash = git(dir, ["rev-parse", "--short=12", "HEAD"]);
  if (hash === null) return { hash: "unknown", changed: false };
  return { hash: hash.trim(), changed: git(dir, ["status", "--porcelain", "--untracked-files=no"]) !== "" };
}

function git(dir: string, args: readonly string[]): string | null {
  try {
    const { success, stdout } = new Deno.Command("git", { args: ["-C", dir, ...args], stderr: "null" })
      .outputSync();
    return success ? new TextDecoder().decode(stdout) : null;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}
