import { escapeText } from "../../../base/escape_text.ts";
import { type AccessRecord, RECORD_FIELDS } from "./access_record.ts";

/** Makes a line of a record, without its newline. */
export type RecordLine = (record: AccessRecord) => string;

/** What is wrong with a template, and where. */
export interface TemplateMistake {
  /** One sentence without a full stop. */
  readonly message: string;
  /** Characters of the template, the end not included. */
  readonly start: number;
  readonly end: number;
  /** The name that nobody knows, where that is it. */
  readonly unknownField?: string;
}

type Value = (record: AccessRecord) => unknown;

const field = (name: string): Value => (record) => record[name];

/** Names that may stand in `%{...}`: the record's own fields, and some that are made of them. */
const FIELDS: ReadonlyMap<string, Value> = new Map([
  ...RECORD_FIELDS.map((name): [string, Value] => [name, field(name)]),
  ["client_ip", ({ client_addr }) => String(client_addr).replace(/:\d+$/, "").replace(/^\[(.*)\]$/, "$1")],
  ["client_port", ({ client_addr }) => /\d+$/.exec(String(client_addr))?.[0]],
  ["path_only", ({ path }) => path === undefined ? path : String(path).replace(/\?.*$/s, "")],
  ["query", ({ path }) => path === undefined ? path : /\?.*$/s.exec(String(path))?.[0]],
  ["request", ({ method, path }) => method === undefined || method === "" ? undefined : `${method} ${path}`],
  ["time", ({ ts }) => commonLogTime(String(ts))],
  ["duration_us", ({ duration_ms }) => Math.round(Number(duration_ms) * 1000)],
  ["duration_s", ({ duration_ms }) => Math.floor(Number(duration_ms) / 1000)],
]);

/** Names of fields, for messages. */
export const TEMPLATE_FIELDS: readonly string[] = [...FIELDS.keys()];

/** One letter behind `%`, as Apache's `mod_log_config` has them, and the field that it is short for. */
export const TEMPLATE_LETTERS: Readonly<Record<string, string>> = {
  h: "client_ip",
  t: "time",
  r: "request",
  m: "method",
  U: "path_only",
  q: "query",
  s: "status",
  B: "bytes_out",
  b: "bytes_out",
  I: "bytes_in",
  O: "bytes_out",
  D: "duration_us",
  T: "duration_s",
};

/** Where nothing is known of a field. */
const NOTHING = "-";
/** `%{name}`, perhaps without its end; `%` and a character, perhaps none. */
const PIECE = /%(?:\{([^}]*)(\}?)|([\s\S])?)/gu;

/** Whether a format is a template, not one of the words that have a meaning of their own. */
export function isTemplate(format: string): boolean {
  return format.includes("%");
}

/** All that is wrong with a template; empty where it may be used. */
export function templateMistakes(template: string): TemplateMistake[] {
  const mistakes = pieces(template).flatMap((piece) => typeof piece === "object" ? [piece] : []);
  const control = /[\p{C}\p{Zl}\p{Zp}]/u.exec(template);
  if (control === null) return mistakes;
  const start = control.index;
  return [...mistakes, { message: "a control character: a record is one line", start, end: start + 1 }];
}

/**
 * Compiles a template: `%h` and the like, and `%{name}` with any field of the record, are replaced, `%%` is a percent
 * sign. What clients and targets sent is escaped, so that it ends neither a line nor quotes.
 * @throws {RangeError} when there is a mistake in it, see {@link templateMistakes}.
 */
export function compileTemplate(template: string): RecordLine {
  const [mistake] = templateMistakes(template);
  if (mistake !== undefined) throw new RangeError(`${mistake.message}, at character ${mistake.start + 1}`);
  const parts = pieces(template).filter((piece) => typeof piece !== "object");
  return (record) => {
    let line = "";
    for (const part of parts) line += typeof part === "string" ? part : text(part(record));
    return line;
  };
}

/** Text as it is, values, and mistakes, in their order. */
function pieces(template: string): (string | Value | TemplateMistake)[] {
  const found: (string | Value | TemplateMistake)[] = [];
  let at = 0;
  for (const match of template.matchAll(PIECE)) {
    found.push(template.slice(at, match.index));
    found.push(piece(match));
    at = match.index + match[0].length;
  }
  found.push(template.slice(at));
  return found;
}

function piece(match: RegExpExecArray): string | Value | TemplateMistake {
  const [all, name, brace, letter] = match;
  const place = { start: match.index, end: match.index + all.length };
  if (letter === "%") return "%";
  if (letter === "b") return ({ bytes_out }) => bytes_out === 0 ? undefined : bytes_out;
  if (name === undefined) {
    if (letter === undefined) return { message: 'a "%" at the end: write "%%" for a percent sign', ...place };
    const known = TEMPLATE_LETTERS[letter];
    return FIELDS.get(known ?? "") ?? { message: `"${all}" has no meaning`, ...place };
  }
  if (brace === "") return { message: `"${all}" lacks its "}"`, ...place };
  return FIELDS.get(name) ?? { message: `no field is called "${name}"`, ...place, unknownField: name };
}

function text(value: unknown): string {
  if (value === undefined || value === null || value === "") return NOTHING;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (Array.isArray(value)) return value.length === 0 ? NOTHING : escapeText(value.join(","));
  return escapeText(String(value));
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** `28/Nov/2026:07:37:50 +0000`, as the common log format has it. @param ts RFC 3339, UTC. */
function commonLogTime(ts: string): string {
  return `${ts.slice(8, 10)}/${MONTHS[Number(ts.slice(5, 7)) - 1]}/${ts.slice(0, 4)}:${
    ts.slice(11, 19)
  } +0000`;
}
