import type { RequestHead } from "../codec/request_head.ts";
import type { RequestTraits } from "../codec/response_parser.ts";
import { upgradeProtocols } from "../policy/upgrade.ts";

const PLAIN: RequestTraits = { toHead: false, upgrade: false };
const TO_HEAD: RequestTraits = { toHead: true, upgrade: false };
const TO_UPGRADE: RequestTraits = { toHead: false, upgrade: true };

/** What of a request decides how its answer is read. */
export function requestTraits(head: RequestHead): RequestTraits {
  if (head.method === "HEAD") return TO_HEAD;
  return upgradeProtocols(head) === "" ? PLAIN : TO_UPGRADE;
}
