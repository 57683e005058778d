import * as z from "zod";
import { LOG_LEVELS } from "../base/log.ts";
import { LOG_PARTS, type LogPart } from "../base/log_parts.ts";
import { filePath, reading, size, wholeNumber } from "./config_values.ts";
import { parseSyslogAddress, type SyslogAddress } from "./syslog_address.ts";

/** The keys `log` and `access_log`: what is written, how, and where to. */

/** Facilities of syslog by their number (RFC 5424 section 6.2.1, names of syslog(3)). */
export const SYSLOG_FACILITIES = [
  ...["kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news"] as const,
  ...["uucp", "cron", "authpriv", "ftp", "ntp", "security", "console", "clock"] as const,
  ...["local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7"] as const,
] as const;

/** Shapes of a line that have a name. */
export const LINE_FORMATS = ["auto", "pretty", "json"] as const;

/** Most rotated files that are kept: each of them is renamed at each rotation. */
const MAX_KEPT_FILES = 1_000;
/** A file that holds a few records only would be rotated all the time. */
const MIN_ROTATED_BYTES = 4_096;
const MAX_ROTATED_BYTES = 2 ** 40;

const PLACES =
  'expected stdout, stderr, syslog, none, the path of a file with a slash in it, such as "./access.log", ' +
  "an object { type, ... }, or a list of these";
const PLACES_IN_LIST =
  "expected stdout, stderr, syslog, the path of a file with a slash in it, or an object { type, ... }";

const syslogAddress: z.ZodType<SyslogAddress, string> = z.string({
  error: "expected the address of a syslog receiver",
}).transform(reading(parseSyslogAddress));

/** RFC 5424 section 6: printable ASCII without blanks, at most 48 characters. */
const appName = z.string().regex(/^[!-~]{1,48}$/, {
  error: "must be 1 to 48 printable ASCII characters without blanks",
});

/** RFC 5424 section 6.3.2: a name that is not registered has the number of an enterprise. */
const structureId = z.string().regex(/^(?=.{3,32}$)[!#-<>?A-\\^-~]+@\d+(\.\d+)*$/, {
  error: 'must be a name and the number of an enterprise, such as "fproxy@32473", at most 32 characters',
});

const rotation = z.strictObject({
  max_size: size(MAX_ROTATED_BYTES, MIN_ROTATED_BYTES).prefault("100MiB").describe(
    "Size that the file does not exceed: it is renamed to `.1` before. At least 4KiB.",
  ),
  keep: wholeNumber(1, MAX_KEPT_FILES).prefault(5).describe(
    "Renamed files that are kept, `.1` the newest; older ones are removed.",
  ),
});

/** When a file is rotated. */
export type Rotation = z.output<typeof rotation>;

/** A standard stream that lines are written to. */
export interface StreamOutput {
  readonly type: "stdout" | "stderr";
  /** Shape of a line there; that of all places where it is not written. */
  readonly format?: string | undefined;
}

/** A file that lines are appended to. */
export interface FileOutput extends Omit<StreamOutput, "type"> {
  readonly type: "file";
  readonly path: string;
  readonly rotate?: Rotation | undefined;
}

/** A syslog receiver that lines are sent to. */
export interface SyslogOutput extends Omit<StreamOutput, "type"> {
  readonly type: "syslog";
  readonly address: SyslogAddress;
  readonly facility: (typeof SYSLOG_FACILITIES)[number];
  readonly app_name: string;
  /** SD-ID of the fields, see RFC 5424 section 6.3.2. */
  readonly structured_data?: string | undefined;
}

/** A place that lines are written to, with all of its options. */
export type OutputConfig = StreamOutput | FileOutput | SyslogOutput;

/** The same as it is written, before defaults. */
type OutputInput =
  | string
  | StreamOutput
  | Omit<FileOutput, "rotate"> & { readonly rotate?: z.input<typeof rotation> | undefined }
  | {
    readonly type: "syslog";
    readonly address?: string | undefined;
    readonly facility?: SyslogOutput["facility"] | undefined;
    readonly app_name?: string | undefined;
    readonly structured_data?: string | undefined;
    readonly format?: string | undefined;
  };

type Format = z.ZodType<string, string>;

const TYPE = "What kind of place it is; see [logs](logs.md).";

/** @param format shapes of a line. */
function place(format: Format): z.ZodType<OutputConfig, Exclude<OutputInput, string>> {
  const own = {
    format: format.optional().describe("Shape of a line there; unless it is written, that of all places."),
  };
  return z.discriminatedUnion("type", [
    z.strictObject({ type: z.enum(["stdout", "stderr"]).describe(TYPE), ...own }),
    z.strictObject({
      type: z.literal("file").describe(TYPE),
      path: filePath.refine((path) => path !== "", { error: "must name a file" }).describe(
        "`file`: what is appended to. It is made with mode 0640, and opened anew on SIGUSR1.",
      ),
      rotate: rotation.optional().describe(
        "`file`: renames the file when it is full; `{}` for all defaults. Without it the file is left to other programs.",
      ),
      ...own,
    }),
    z.strictObject({
      type: z.literal("syslog").describe(TYPE),
      address: syslogAddress.prefault("unix:/dev/log").describe(
        "`syslog`: who receives it: a unix socket (`unix:/dev/log`), `udp://HOST:PORT` or `tcp://HOST:PORT`.",
      ),
      facility: z.enum(SYSLOG_FACILITIES).prefault("daemon").describe("`syslog`: facility of the messages."),
      app_name: appName.prefault("fproxy").describe("`syslog`: name of the program in the messages."),
      structured_data: structureId.optional().describe(
        '`syslog`: sends the fields as structured data of this name, such as `"fproxy@32473"`, with the number of your ' +
          "enterprise; unless it is written they are in the text alone.",
      ),
      ...own,
    }),
  ]);
}

/** Where lines go: one place or several, of which words and paths are short for an object; an empty list for none. */
function places(format: Format): z.ZodType<OutputConfig[], OutputInput | OutputInput[]> {
  const full = place(format);
  const path = z.string().regex(/\//, { error: PLACES });
  const complete = (written: string | OutputConfig): OutputConfig => {
    if (typeof written !== "string") return written;
    return full.parse(written.includes("/") ? { type: "file", path: written } : { type: written });
  };
  const listed = z.union([z.enum(["stdout", "stderr", "syslog"]), path, full], { error: PLACES_IN_LIST });
  return z.union([z.enum(["stdout", "stderr", "syslog", "none"]), path, full, z.array(listed)], {
    error: PLACES,
  }).transform((written) => {
    if (written === "none") return [];
    return Array.isArray(written) ? written.map(complete) : [complete(written)];
  });
}

const partLevel = z.enum(LOG_LEVELS).optional();

/** A key for each part. */
const levels = Object.fromEntries(
  LOG_PARTS.map((part) => [part, partLevel.describe(`Level of the part \`${part}\`.`)]),
) as Record<LogPart, typeof partLevel>;

const lineFormat = z.enum(LINE_FORMATS);

/** The section `log` of a config. */
export const logSettings = z.strictObject({
  level: z.enum(LOG_LEVELS).prefault("info").describe(
    "Least severe level that is written.",
  ),
  levels: z.strictObject(levels).prefault({}).describe(
    "Levels of single parts of the program in place of `level`, such as `{ dns: debug }`; [events](events.md) has the parts.",
  ),
  format: lineFormat.prefault("auto").describe(
    "Shape of a line; `auto` is `pretty` on a terminal and `json` elsewhere.",
  ),
  to: places(lineFormat).prefault("stderr").describe(
    "Where it goes, as `access_log.to`.",
  ),
}).prefault({});

const recordFormat = z.string({ error: "expected auto, pretty, json, or a template" });

/** The section `access_log` of a config. */
export const accessLogSettings = z.strictObject({
  to: places(recordFormat).prefault("stdout").describe(
    "Where records go: `stdout`, `stderr`, `syslog`, `none`, the path of a file (with a slash, so `./access.log`), an " +
      "object with options, or a list of these; see [logs](logs.md).",
  ),
  sample: z.number().min(0, { error: "must be 0 to 1" }).max(1, { error: "must be 0 to 1" }).prefault(1)
    .describe("Share of sessions that are recorded."),
  format: recordFormat.prefault("auto").describe(
    "Shape of a record; `auto` is `pretty` on a terminal and `json` elsewhere. `pretty` is one short line for people, " +
      'in a terminal cut to its width; `json` has all fields; what has a `%` in it is a template (`%h [%t] "%r" %s`), see ' +
      "[logs](logs.md).",
  ),
}).prefault({});
