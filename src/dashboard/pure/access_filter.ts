/** Which access records are wanted, as they stand in the address and in the query of the API. */
export interface AccessFilter {
  readonly target: string;
  readonly client: string;
  readonly close_reason: string;
  readonly status: string;
  readonly min_ms: string;
}

/** A field of the filter. */
export type AccessField = keyof AccessFilter;

const FIELDS: readonly AccessField[] = ["target", "client", "close_reason", "status", "min_ms"];
const STATUS = /^(?:[1-5]xx|[1-5]\d\d)(?:,(?:[1-5]xx|[1-5]\d\d))*$/;

/** Reads a filter from an address. */
export function readAccessFilter(query: Readonly<Record<string, string>>): AccessFilter {
  const text = (field: AccessField): string => query[field]?.trim() ?? "";
  return {
    target: text("target"),
    client: text("client"),
    close_reason: text("close_reason"),
    status: text("status"),
    min_ms: text("min_ms"),
  };
}

/** Whether nothing is left out. */
export function isWide(filter: AccessFilter): boolean {
  return FIELDS.every((field) => filter[field] === "");
}

/** What is wrong with a filter, null where the API will take it. */
export function accessFilterProblem({ status, min_ms }: AccessFilter): string | null {
  if (status !== "" && !STATUS.test(status)) return "Write codes or classes of the status, as in 404,5xx";
  if (min_ms !== "" && !/^\d+(?:\.\d+)?$/.test(min_ms)) return "Write the least duration in milliseconds";
  return null;
}
