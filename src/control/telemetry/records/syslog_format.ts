import type { SyslogOutput } from "../../../model/config_log.ts";
import { SyslogMessages, type SyslogOrigin } from "../outputs/syslog_message.ts";
import type { AccessRecord, RecordFormat } from "./access_record.ts";

/** What messages with access records are called (MSGID). */
const KIND = "access";

/**
 * Records as syslog messages. Their text is the record in the given format; where the fields go as structured data, and
 * no format is asked for, there is none.
 * @param format null for JSON, or where none is asked for.
 */
export function syslogFormat(
  config: SyslogOutput,
  origin: SyslogOrigin,
  format: RecordFormat | null,
  isAsked: boolean,
): RecordFormat {
  const messages = new SyslogMessages(config, origin);
  const hasText = isAsked || config.structured_data === undefined;
  return (lines) =>
    lines.split("\n").filter((line) => line !== "").map((line) => {
      const fields: AccessRecord = JSON.parse(line);
      const text = hasText ? (format === null ? line : format(line).trimEnd()) : "";
      return messages.format({ level: "info", ts: String(fields["ts"]), kind: KIND, fields, text });
    }).join("");
}
