/** A server as HAProxy's `show servers state` has it (management guide, section 9.3). */
export interface HaproxyServer {
  readonly name: string;
  /** Number of its backend. */
  readonly backendId: string;
  readonly isDrained: boolean;
  readonly isInMaintenance: boolean;
  readonly weight: number;
  /** Whether it has a health check that is not running: those of new servers are off at first. */
  readonly hasIdleCheck: boolean;
}

/** Bits of `srv_admin_state`. */
const FORCED_MAINT = 0x01;
const FORCED_DRAIN = 0x08;
/** Bits of `srv_check_state`. */
const CHECK_CONFIGURED = 0x02;
const CHECK_ENABLED = 0x04;

/** Reads the answer to `show servers state BACKEND`; null where it is none. */
export function readServers(text: string): HaproxyServer[] | null {
  const [version, header, ...lines] = text.split("\n");
  if (version?.trim() !== "1" || header?.startsWith("# ") !== true) return null;
  const columns = header.slice(2).split(" ");
  return lines.filter((line) => line !== "").map((line) => {
    const values = line.split(" ");
    const value = (column: string): string => values[columns.indexOf(column)] ?? "";
    const admin = Number(value("srv_admin_state"));
    const check = Number(value("srv_check_state"));
    return {
      name: value("srv_name"),
      backendId: value("be_id"),
      isDrained: (admin & FORCED_DRAIN) !== 0,
      isInMaintenance: (admin & FORCED_MAINT) !== 0,
      weight: Number(value("srv_uweight")),
      hasIdleCheck: (check & CHECK_CONFIGURED) !== 0 && (check & CHECK_ENABLED) === 0,
    };
  });
}

/** Servers with open or waiting sessions, of the answer to `show stat`. */
export function busyServers(text: string): Set<string> {
  const [header = "", ...lines] = text.split("\n");
  const columns = header.replace(/^# /, "").split(",");
  const [name, sessions, waiting] = ["svname", "scur", "qcur"].map((column) => columns.indexOf(column));
  return new Set(lines.flatMap((line) => {
    const values = line.split(",");
    const isBusy = Number(values[sessions!] ?? 0) > 0 || Number(values[waiting!] ?? 0) > 0;
    return isBusy ? [values[name!] ?? ""] : [];
  }));
}
