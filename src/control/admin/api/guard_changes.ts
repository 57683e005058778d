import type { Context, MiddlewareHandler } from "hono";
import { isLocalhost, isLoopback } from "../../../model/host_port.ts";
import { apiError } from "./api_error.ts";

/** What the server tells the routes of a request. */
export interface AdminBindings {
  /** Address of the client. */
  readonly remoteIp: string;
}

/** Fields by which proxies tell that the client is another than the one that connected. */
const FORWARDED = ["forwarded", "x-forwarded-for", "via"];

/**
 * Without a token only this machine may change anything. A web page of somebody else, which a browser here shows, counts
 * as another machine: it can have its own name resolve to this one (DNS rebinding), so that name must not be the host that
 * was asked for.
 * @param token the present one; empty for none.
 */
export function guardChanges(token: () => string): MiddlewareHandler {
  return async (context, next) => {
    const { method } = context.req;
    if (method === "GET" || method === "HEAD" || token() !== "") return await next();
    const isForwarded = FORWARDED.some((name) => context.req.header(name) !== undefined);
    const host = hostOf(context.req.header("host") ?? "");
    const isHere = isLoopback(remoteIp(context)) &&
      (isLoopback(host) || isLocalhost(host));
    if (isHere && !isForwarded) return await next();
    return apiError(context, 403, {
      code: "token_needed",
      message: "Without a token only clients on the machine of the proxy may change anything",
      hint: "set admin.token in the config, and send it as Authorization: Bearer TOKEN",
    });
  };
}

/** Without port, and without the brackets of IPv6. */
function hostOf(authority: string): string {
  return authority.replace(/:\d+$/, "").replace(/^\[(.*)\]$/, "$1");
}

/** Address of a request's client; empty where the server does not tell. */
export function remoteIp({ env }: Context): string {
  const { remoteIp = "" }: Partial<AdminBindings> = env ?? {};
  // A socket for both families shows IPv4 clients as IPv6 addresses.
  return remoteIp.replace(/^::ffff:(?=\d+\.)/i, "");
}
