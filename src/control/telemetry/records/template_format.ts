import { readRecords, type RecordFormat } from "./access_record.ts";
import { compileTemplate } from "./record_template.ts";

/** Records as lines of the user's own template. @throws {RangeError} when there is a mistake in it. */
export function templateFormat(template: string): RecordFormat {
  const line = compileTemplate(template);
  return (records) => readRecords(records).map((record) => `${line(record)}\n`).join("");
}
