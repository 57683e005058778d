import { isTemplate } from "../../control/telemetry/records/record_template.ts";
import { syslogFormat } from "../../control/telemetry/records/syslog_format.ts";
import { templateFormat } from "../../control/telemetry/records/template_format.ts";
import type { RecordFormat } from "../../control/telemetry/records/access_record.ts";
import type { OutputConfig } from "../../model/config_log.ts";
import { painter } from "../drawing/paint.ts";
import type { Io } from "../io.ts";
import { RecordLines } from "./record_lines.ts";

/** Which of the standard streams are terminals. */
export type Terminals = Readonly<Record<"stdout" | "stderr", boolean>>;

/**
 * How records look in a place: by its own format, or that of the access log. `auto` is lines for people in a terminal, and
 * elsewhere the JSON that they are. Lines in a terminal are coloured and cut to its width as it is when they come.
 * @param format of the access log.
 * @returns null for the JSON that they are.
 */
export function accessFormat(
  output: OutputConfig,
  format: string,
  io: Io,
  terminals: Terminals = { stdout: io.isTerminal, stderr: Deno.stderr.isTerminal() },
): RecordFormat | null {
  const wanted = output.format ?? format;
  const isTerminal = (output.type === "stdout" || output.type === "stderr") && terminals[output.type];
  const lines = lineFormat(wanted, isTerminal, io);
  if (output.type !== "syslog") return lines;
  const origin = { hostname: Deno.hostname(), pid: Deno.pid };
  return syslogFormat(output, origin, lines, wanted !== "auto");
}

function lineFormat(format: string, isTerminal: boolean, io: Io): RecordFormat | null {
  if (isTemplate(format)) return templateFormat(format);
  if (format === "json" || (format === "auto" && !isTerminal)) return null;
  const lines = new RecordLines(painter(isTerminal && io.color));
  return (records) => lines.format(records, isTerminal ? io.columns : Infinity);
}
