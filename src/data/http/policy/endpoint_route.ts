import { latin1Bytes } from "../codec/latin1.ts";

/** Where an endpoint wants its requests, ready to be written. */
export interface EndpointRoute {
  /** Host field line with its CRLF. */
  readonly hostLine: Uint8Array;
  /** Path that the client's path is put behind: empty, or with a leading and no trailing slash. */
  readonly basePath: Uint8Array;
}

const AUTHORITY = /^(?:[A-Za-z0-9._~-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/;
const PATH = /^(?:\/[A-Za-z0-9._~!$&'()*+,;=:@%-]*)*$/;

/**
 * The route to an endpoint.
 * @param authority `host` or `host:port` as `Host` is to say it: the port left out where it is the scheme's own.
 * @param basePath path of the endpoint's URL: empty or beginning with a slash; one slash at its end does not count.
 * @throws {TypeError} when either is not valid, or the path has a query, an empty segment or a dot segment.
 */
export function endpointRoute(authority: string, basePath: string): EndpointRoute {
  if (!AUTHORITY.test(authority)) {
    throw new TypeError(`Bad endpoint: ${JSON.stringify(authority)} is no host and port`);
  }
  const base = basePath.replace(/\/$/, "");
  const segments = base.split("/").slice(1);
  const strange = segments.some((segment) => ["", ".", ".."].includes(segment.replaceAll(/%2e/gi, ".")));
  if (!PATH.test(base) || strange) {
    throw new TypeError(`Bad endpoint: ${JSON.stringify(basePath)} is no plain path such as /apis/v1`);
  }
  return { hostLine: latin1Bytes(`Host: ${authority}\r\n`), basePath: latin1Bytes(base) };
}
