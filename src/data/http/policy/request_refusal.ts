import type { RequestHead } from "../codec/request_head.ts";
import { expectationOf } from "./expectation.ts";
import { climbsAboveRoot } from "./request_target.ts";

/** Why a request that is right by syntax is not passed on. */
export interface RequestRefusal {
  /** Answer that fits. */
  readonly status: number;
  /** Stable word for logs, metrics and tests. */
  readonly code: "path_climbs" | "trace_with_body" | "expectation_failed";
  readonly message: string;
  /** RFC and section. */
  readonly section: string;
}

const PATH_CLIMBS: RequestRefusal = {
  status: 400,
  code: "path_climbs",
  message: "The path leads above its root",
  section: "RFC 3986 5.2.4",
};
const TRACE_WITH_BODY: RequestRefusal = {
  status: 400,
  code: "trace_with_body",
  message: "TRACE must not have a body",
  section: "RFC 9110 9.3.8",
};
const EXPECTATION_FAILED: RequestRefusal = {
  status: 417,
  code: "expectation_failed",
  message: "Only the expectation 100-continue is known",
  section: "RFC 9110 10.1.1",
};

/**
 * Whether a request must be answered here, once, before any endpoint sees it; null when it may be passed on.
 * @param hasBasePath some endpoint has a base path, which the client's path must not lead out of.
 */
export function requestRefusal(head: RequestHead, hasBasePath: boolean): RequestRefusal | null {
  if (hasBasePath && climbsAboveRoot(head)) return PATH_CLIMBS;
  if (head.method === "TRACE" && head.framing !== "none") return TRACE_WITH_BODY;
  return expectationOf(head) === "unknown" ? EXPECTATION_FAILED : null;
}
