/** How the lines of `fproxy http` look. */
export interface HttpLineOptions {
  /** Begins each line; empty for none. */
  readonly prefix: string;
  readonly date: boolean;
  readonly time: boolean;
  /** Six digits more of the time, which is then there in any case. */
  readonly microseconds: boolean;
  readonly utc: boolean;
}

/** What a line needs of an access record. */
interface RequestRecord {
  readonly ts: string;
  readonly path: string;
  readonly status: number;
  readonly endpoint: number | null;
  readonly attempts: number;
  readonly duration_ms: number;
  readonly close_reason: string;
}

/** One line of text, as Go's `log` package would write it. @param wallTimeMs since the Unix epoch. */
export function formatHttpLine(text: string, wallTimeMs: number, options: HttpLineOptions): string {
  const parts = [options.prefix, stamp(new Date(wallTimeMs), options), text];
  return `${parts.filter((part) => part !== "").join(" ")}\n`;
}

/** Lines for people of the access log's lines for machines: who answered each request, and how soon. */
export function formatHttpRecords(lines: string, options: HttpLineOptions): string {
  return lines.split("\n").filter((line) => line !== "").map((line) => {
    const record = JSON.parse(line) as RequestRecord;
    return formatHttpLine(describe(record), Date.parse(record.ts), options);
  }).join("");
}

function describe({ path, status, endpoint, attempts, duration_ms, close_reason }: RequestRecord): string {
  const duration = `${Math.round(duration_ms)}ms`;
  const request = path === "" ? "request" : `request ${path}`;
  if (endpoint !== null && status > 0) {
    // Records count from 1; people here count from 0, as `configuring endpoint` does.
    const cut = close_reason === "done" ? "" : ` (cut short: ${close_reason})`;
    return `${request} served in ${duration} by endpoint ${endpoint - 1}${cut}`;
  }
  if (close_reason === "client_abort") return `${request} given up by its client after ${duration}`;
  if (attempts > 0) {
    return `${request}: endpoints failed to return a valid answer, returning ${status} after ${duration}`;
  }
  return `${request} answered with ${status} by the proxy itself`;
}

function stamp(at: Date, { date, time, microseconds, utc }: HttpLineOptions): string {
  // Local times are read off a date that is moved by the distance from UTC.
  const shown = utc ? at : new Date(at.getTime() - at.getTimezoneOffset() * 60_000);
  const iso = shown.toISOString();
  const parts = [
    date ? iso.slice(0, 10).replaceAll("-", "/") : "",
    time || microseconds ? iso.slice(11, microseconds ? 23 : 19) + (microseconds ? "000" : "") : "",
  ];
  return parts.filter((part) => part !== "").join(" ");
}
