import type { RecordFormat } from "../../control/telemetry/access_log.ts";
import type { Config } from "../../model/config.ts";
import { painter } from "../drawing/paint.ts";
import type { Io } from "../io.ts";
import { RecordLines } from "./record_lines.ts";

/** Which of the standard streams are terminals. */
export type Terminals = Readonly<Record<"stdout" | "stderr", boolean>>;

/**
 * How records look, by the config and by where they go: lines for people, in a terminal coloured and cut to its width as
 * it is when they come; null for the JSON that they are.
 */
export function accessFormat(
  { format, to }: Config["access_log"],
  io: Io,
  terminals: Terminals = { stdout: io.isTerminal, stderr: Deno.stderr.isTerminal() },
): RecordFormat | null {
  const isTerminal = (to === "stdout" || to === "stderr") && terminals[to];
  if (format === "json" || (format === "auto" && !isTerminal)) return null;
  const lines = new RecordLines(painter(isTerminal && io.color));
  return (records) => lines.format(records, isTerminal ? io.columns : Infinity);
}
