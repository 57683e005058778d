import type { HttpPolicy } from "../../../model/http_policy.ts";
import { DEFAULT_HTTP_LIMITS, type HttpLimits } from "../codec/http_limits.ts";

/** What endpoints' answers may be. */
export interface ResponseRules {
  readonly limits: HttpLimits;
  /** Lines of a head may end in LF alone. */
  readonly isLenient: boolean;
}

/** Those of an app. */
export function responseRules(policy: HttpPolicy): ResponseRules {
  const { maxResponseHeadBytes: maxHeadBytes, maxResponseFields: maxFields, lenientResponses } = policy;
  return { limits: { ...DEFAULT_HTTP_LIMITS, maxHeadBytes, maxFields }, isLenient: lenientResponses };
}
