import { ConnectionOption } from "../codec/connection_options.ts";
import { FieldId } from "../codec/field_id.ts";
import type { RequestHead } from "../codec/request_head.ts";

const PROTOCOL = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+(?:\/[!#$%&'*+.^_`|~0-9A-Za-z-]+)?$/;

/**
 * The protocols that a request asks to switch to, as the value of `Upgrade`, or an empty string: then it is an ordinary
 * request (RFC 9110 section 7.8 lets everybody ignore the wish). So it is with HTTP/1.0, without `upgrade` in
 * `Connection`, with a body, and for `h2c`: a tunnel of HTTP/2 would carry requests past everything that is checked here.
 */
export function upgradeProtocols(head: RequestHead): string {
  if ((head.connection & ConnectionOption.upgrade) === 0) return "";
  if ((head.seen & (1 << FieldId.upgrade)) === 0 || head.minorVersion === 0 || head.framing !== "none") {
    return "";
  }
  return (head.get("upgrade") ?? "").split(",").map((protocol) => protocol.trim())
    .filter((protocol) => PROTOCOL.test(protocol) && protocol.toLowerCase() !== "h2c").join(", ");
}
