import { fileURLToPath } from "node:url";
import type { Stage } from "../stage.ts";

/** Connections that wrk keeps busy. */
const CONNECTIONS = 64;
/** What a run may take beyond its duration. */
const GRACE_MS = 10_000;

/** What wrk did. */
export interface WrkReport {
  readonly durationUs: number;
  readonly requests: number;
  readonly bytes: number;
  /** Connections refused, reads and writes failed, answers that are not 2xx or 3xx, time-outs. */
  readonly errors: number;
}

/** Reads the line that `wrk_report.lua` prints. @throws {RangeError} when there is none. */
export function parseWrkReport(output: string): WrkReport {
  const line = output.split("\n").findLast((one) => one.startsWith("{"));
  if (line === undefined) throw new RangeError(`No report in wrk's output: "${output}"`);
  return JSON.parse(line) as WrkReport;
}

/**
 * Loads a web server with small requests for a while (wrk(1)): one thread, a fixed number of connections, each with one
 * request under way.
 * @param headers such as "Connection: close".
 * @throws {Error} when a request failed: figures with failures in them compare nothing.
 */
export async function wrk(
  stage: Stage,
  port: number,
  seconds: number,
  headers: readonly string[],
): Promise<WrkReport> {
  const report = parseWrkReport(
    await stage.children.run({
      name: "wrk",
      command: "wrk",
      args: [
        ...["-t", "1", "-c", String(CONNECTIONS), "-d", `${seconds}s`],
        ...headers.flatMap((header) => ["-H", header]),
        ...["-s", fileURLToPath(new URL("../wrk_report.lua", import.meta.url)), `http://127.0.0.1:${port}/`],
      ],
      core: stage.cores.load,
    }, seconds * 1000 + GRACE_MS),
  );
  if (report.errors > 0) throw new Error(`${report.errors} of ${report.requests} requests failed`);
  return report;
}
