import { FieldId } from "../codec/field_id.ts";
import type { RequestHead } from "../codec/request_head.ts";
import { VIA_NAME } from "./via.ts";

/** An element of Via whose received-by is ours (RFC 9110 section 7.6.3). */
const OWN = new RegExp(`(?:^|,)\\s*[^\\s,]+\\s+${VIA_NAME}(?=[\\s,(]|$)`, "g");

/** How often a request has gone through a proxy of our name, by its `Via`. */
export function viaVisits(head: RequestHead): number {
  if ((head.seen & (1 << FieldId.via)) === 0) return 0;
  return head.get("via")?.match(OWN)?.length ?? 0;
}
