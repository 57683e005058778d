import { FieldId } from "../codec/field_id.ts";
import type { RequestHead } from "../codec/request_head.ts";

/**
 * How often a request may still be passed on (RFC 9110 section 7.6.2), or -1 for no limit: the field counts for TRACE
 * and OPTIONS only. At 0 it must be answered here.
 */
export function maxForwards(head: RequestHead): number {
  if (head.method !== "TRACE" && head.method !== "OPTIONS") return -1;
  const line = head.find(FieldId.maxForwards);
  const value = line < 0 ? "" : head.value(line);
  return /^\d{1,9}$/.test(value) ? Number(value) : -1;
}
