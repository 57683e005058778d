import type { Context, MiddlewareHandler } from "hono";
import { ApiProblem } from "../api/problem.ts";
import type { AdminBindings } from "../serving/admin_listener.ts";
import { isOwnHost, isThisMachine, parseAuthority } from "./hosts.ts";
import type { Bearer, Tokens } from "./tokens.ts";

/** What goes along with a request. */
export interface AdminEnv {
  readonly Bindings: AdminBindings;
  readonly Variables: {
    /** Whose token came with it; null where none is needed. */
    bearer: Bearer | null;
    client: AdminBindings;
  };
}

/** What access depends on; it may change at any time. */
export interface AccessRules {
  readonly tokens: Pick<Tokens, "areRequired" | "find">;
  /** Names under which the server may be asked, lower case. */
  hosts(): ReadonlySet<string>;
}

/** Fields by which proxies tell that the client is another than the one that connected. */
const FORWARDED = ["forwarded", "x-forwarded-for", "via"];
const BEARER = /^Bearer +(\S.*?) *$/i;

/**
 * Lets requests through that may be answered. A web page of somebody else, which a browser here shows, may ask nothing: it
 * is known by what the browser says of it, and, where its name was made to resolve to this machine, by that name.
 */
export function guardAccess({ tokens, hosts }: AccessRules): MiddlewareHandler<AdminEnv> {
  return async (context, next) => {
    const client = clientOf(context);
    const host = hostOf(context, client);
    refuseOtherSites(context, host.authority);
    const bearer = bearerOf(context, tokens);
    // Who has a token is no web page that only got here by a name.
    if (bearer === null && !client.isUnix && !isOwnHost(host.name, hosts())) {
      throw new ApiProblem("unknown_host", {
        detail: `"${host.name}" is no name of this server`,
        hint: "ask for its address, or write the name to admin.hosts",
      });
    }
    if (bearer === null && !isReading(context.req.method)) mustBeHere(context, client, host.name);
    context.set("bearer", bearer);
    context.set("client", client);
    await next();
  };
}

function isReading(method: string): boolean {
  return method === "GET" || method === "HEAD";
}

/** The host that was asked for. */
function hostOf(
  { req }: Context,
  client: AdminBindings,
): { readonly name: string; readonly authority: string } {
  const authority = (req.header("host") ?? new URL(req.url).host).toLowerCase();
  const parsed = parseAuthority(authority);
  if (parsed === null && !client.isUnix) {
    throw new ApiProblem("bad_host", { detail: "The field Host has no host and port" });
  }
  return { name: parsed?.host ?? "", authority };
}

/** What a browser says of who asks (Fetch Metadata; RFC 6454). Other programs say nothing. */
function refuseOtherSites({ req }: Context, authority: string): void {
  const site = req.header("sec-fetch-site");
  const origin = req.header("origin");
  const isOtherSite = site !== undefined && site !== "same-origin" && site !== "none";
  const isOtherOrigin = origin !== undefined &&
    origin.toLowerCase().replace(/^https?:\/\//, "") !== authority;
  if (!isOtherSite && !isOtherOrigin) return;
  throw new ApiProblem("cross_site", { detail: "Web pages of others may not use this API" });
}

function bearerOf({ req }: Context, tokens: AccessRules["tokens"]): Bearer | null {
  if (!tokens.areRequired) return null;
  const header = req.header("authorization");
  const shown = BEARER.exec(header ?? "")?.[1];
  const bearer = shown === undefined ? null : tokens.find(shown);
  if (bearer !== null) return bearer;
  throw new ApiProblem("unauthorized", {
    detail: header === undefined ? "The request has no token" : "The token is not known",
    hint: "send Authorization: Bearer TOKEN",
    headers: {
      "www-authenticate": `Bearer realm="fproxy"${header === undefined ? "" : ', error="invalid_token"'}`,
    },
  });
}

/** Whether a request comes from this machine, and through no other proxy: who has no token may change things then. */
export function isFromHere(headers: Headers, { remoteIp, isUnix }: AdminBindings, host: string): boolean {
  const isForwarded = FORWARDED.some((name) => headers.has(name));
  return (isUnix || isThisMachine(remoteIp) && isThisMachine(host)) && !isForwarded;
}

function mustBeHere({ req }: Context, client: AdminBindings, host: string): void {
  if (isFromHere(req.raw.headers, client, host)) return;
  throw new ApiProblem("token_needed", {
    detail: "Without a token only clients on the machine of the proxy may change anything",
    hint: "set admin.token in the config, and send it as Authorization: Bearer TOKEN",
  });
}

function clientOf({ env }: Context): AdminBindings {
  const { remoteIp = "", isUnix = false }: Partial<AdminBindings> = env ?? {};
  // A socket for both families shows IPv4 clients as IPv6 addresses.
  return { remoteIp: remoteIp.replace(/^::ffff:(?=\d+\.)/i, ""), isUnix };
}
