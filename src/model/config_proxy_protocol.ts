import * as z from "zod";
import { cidr } from "./config_values.ts";
import { PROXY_VERSIONS } from "./proxy_protocol.ts";

/** The keys under `proxy_protocol` of an app, and `send_proxy` of a target. */

/** How an app looks at PROXY headers of those that connect to it. */
export const PROXY_ACCEPTS = ["off", "optional", "required"] as const;

const version = z.enum(["off", ...PROXY_VERSIONS]);

/** The `proxy_protocol` key of an app. */
export const proxyProtocol = z.strictObject({
  accept: z.enum(PROXY_ACCEPTS).prefault("off").describe(
    "Whether connections from `trusted` begin with a PROXY header, version 1 or 2, that tells who the client is: " +
      "`required` refuses those that do not, and all that are not from `trusted`; `optional` goes by the first bytes, and " +
      "serves the others as they are. The header must be whole within 3s.",
  ),
  trusted: z.array(cidr, { error: "expected a list of ranges of addresses" }).prefault([]).describe(
    "Whose headers are believed: the proxies in front of this one. Whoever is in it can be any client. " +
      '`["0.0.0.0/0", "::/0"]` is everybody.',
  ),
  send: version.prefault("off").describe(
    "Version of the PROXY header that connections to targets begin with, so that they know the client: `v1` is text, `v2` " +
      "is binary and passes more on. The targets must expect it. In mode `http` connections with it are not shared " +
      "between clients. Health checks send one of their own.",
  ),
});

/** The `send_proxy` key of a target. */
export const sendProxy = version;
