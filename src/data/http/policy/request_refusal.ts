import type { RequestHead } from "../codec/request_head.ts";
import { expectationOf } from "./expectation.ts";
import { climbsAboveRoot } from "./request_target.ts";
import { viaVisits } from "./via_visits.ts";

/** A request may go through so many proxies of our name; one that comes again and again goes in circles. */
const MAX_VISITS = 5;

/** Why a request that is right by syntax is not passed on. */
export interface RequestRefusal {
  /** Answer that fits. */
  readonly status: number;
  /** Stable word for logs, metrics and tests. */
  readonly code: "path_climbs" | "trace_with_body" | "expectation_failed" | "loop";
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

const LOOP: RequestRefusal = {
  status: 508,
  code: "loop",
  message: "The request goes in circles",
  section: "RFC 9110 7.6",
};

/**
 * Whether a request must be answered here, once, before any endpoint sees it; null when it may be passed on.
 * @param hasBasePath some endpoint has a base path, which the client's path must not lead out of.
 */
export function requestRefusal(head: RequestHead, hasBasePath: boolean): RequestRefusal | null {
  if (hasBasePath && climbsAboveRoot(head)) return PATH_CLIMBS;
  if (head.method === "TRACE" && head.framing !== "none") return TRACE_WITH_BODY;
  if (viaVisits(head) > MAX_VISITS) return LOOP;
  return expectationOf(head) === "unknown" ? EXPECTATION_FAILED : null;
}
