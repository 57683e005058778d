import { errorMessage } from "../base/errors.ts";
import { formatHostPort } from "./address.ts";
import {
  type HostPort,
  isServiceName,
  parseServiceName,
  parseTargetAddress,
  TARGET_FORMS,
} from "./host_port.ts";

/** What the URL of an endpoint says beside its host and port. */
export interface EndpointUrl {
  readonly scheme: "http" | "https";
  /** Path that the paths of requests are appended to; empty, or with a slash at its beginning and none at its end. */
  readonly base_path: string;
}

/** A target as it is written: a host and a port, the name of a service, or a URL. */
export interface TargetAddress extends HostPort {
  /** 1 to 65535; 0 where the host is the name of a service, or an app of the region, which have hosts and ports of their own. */
  readonly port: number;
  /** Null for a host and a port alone. */
  readonly url: EndpointUrl | null;
}

/** Ports of URLs that name none (RFC 9110 sections 4.2.1 and 4.2.2). */
const DEFAULT_PORTS = { http: 80, https: 443 } as const;

/** What an endpoint looks like, for messages. */
export const ENDPOINT_FORMS = 'a URL such as "https://one.example/apis", or a host and a port';

/** Port of a target whose hosts and ports DNS says. */
const SERVICE_PORT = 0;

/** Scheme, authority, path, query, fragment (RFC 3986 appendix B). */
const URL_PARTS = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)([^?#]*)(\?[^#]*)?(#.*)?$/i;
/** Segments of RFC 3986 section 3.3, none of them empty. */
const PATH = /^(?:\/(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})+)*$/;

/**
 * Reads a target: `host:port`, the name of a service, or `http://` or `https://` with either, and with a path if needed.
 * @throws {RangeError} saying what is allowed.
 */
export function parseTarget(text: string): TargetAddress {
  const parts = URL_PARTS.exec(text);
  if (parts === null) return { ...(readService(text) ?? parseTargetAddress(text)), url: null };
  const [, written = "", authority = "", path = "", query, fragment] = parts;
  const scheme = written.toLowerCase();
  if (scheme !== "http" && scheme !== "https") {
    throw new RangeError(
      `"${text}" has a scheme (${written}://): write ${TARGET_FORMS}, or an http or https URL`,
    );
  }
  if (authority.includes("@")) {
    throw new RangeError(`"${text}" has a user name or password: endpoints take neither`);
  }
  if (query !== undefined) throw new RangeError(`"${text}" has a query: an endpoint ends with its path`);
  if (fragment !== undefined) {
    throw new RangeError(`"${text}" has a fragment: an endpoint ends with its path`);
  }
  return {
    ...parseAuthority(authority, scheme, text),
    url: { scheme, base_path: parseBasePath(path, text) },
  };
}

/** Whether DNS says the target's hosts and ports (RFC 2782). */
export function isService({ port }: HostPort): boolean {
  return port === SERVICE_PORT;
}

/** The app of the region that a host stands for: `web` of `region:web`; null for every other host. */
export function regionAppOf(host: string): string | null {
  const app = /^region:(.+)$/.exec(host)?.[1];
  // A machine may be called `region`, and have a port.
  return app === undefined || /^\d+$/.test(app) ? null : app;
}

/** `host` or `host:port`, the port left out where it is the scheme's own: what `Host` says (RFC 9110 section 7.2). */
export function endpointAuthority({ host, port }: HostPort, scheme: "http" | "https"): string {
  return formatHostPort(host, port).slice(0, port === DEFAULT_PORTS[scheme] ? -`:${port}`.length : undefined);
}

/** The URL in its canonical form, of which there is one for each endpoint; `host:port`, or a service, where there is none. */
export function formatTarget(target: TargetAddress): string {
  const { url, host, port } = target;
  if (url === null) return isService(target) ? host : formatHostPort(host, port);
  return `${url.scheme}://${
    isService(target) ? host : endpointAuthority(target, url.scheme)
  }${url.base_path}`;
}

/** As HTTP mode takes a target: a host and a port alone are an http URL. */
export function asEndpoint<T extends TargetAddress>(target: T): T & { readonly url: EndpointUrl } {
  return { ...target, url: target.url ?? { scheme: "http", base_path: "" } };
}

function parseAuthority(authority: string, scheme: "http" | "https", text: string): HostPort {
  if (authority === "") throw new RangeError(`"${text}" has no host: write ${ENDPOINT_FORMS}`);
  const hasPort = /:[^\]]*$/.test(authority);
  try {
    return readService(authority) ??
      parseTargetAddress(hasPort ? authority : `${authority}:${DEFAULT_PORTS[scheme]}`);
  } catch (error) {
    // The parser speaks of the authority alone.
    throw new RangeError(`"${text}": ${errorMessage(error)}`);
  }
}

/**
 * The service of that name; null for anything else.
 * @throws {RangeError} when a port stands behind it, or the name is none.
 */
function readService(text: string): HostPort | null {
  if (regionAppOf(text) !== null) return { host: text, port: SERVICE_PORT };
  const [name = "", port] = text.split(":");
  if (!isServiceName(name.toLowerCase())) return null;
  if (port !== undefined) {
    throw new RangeError(
      `"${text}" is a service with a port: its SRV records have the ports, so write "${name}"`,
    );
  }
  return { host: parseServiceName(name), port: SERVICE_PORT };
}

function parseBasePath(path: string, text: string): string {
  const base = path.replace(/\/$/, "");
  if (!PATH.test(base)) {
    const empty = base.includes("//");
    throw new RangeError(
      empty
        ? `"${text}" has an empty part in its path (//)`
        : `"${text}" has characters in its path that must be percent-encoded`,
    );
  }
  const segments = base.replaceAll(/%2e/gi, ".").split("/");
  if (segments.includes(".") || segments.includes("..")) {
    throw new RangeError(`"${text}" has "." or ".." in its path: write the path that is meant`);
  }
  return base;
}
