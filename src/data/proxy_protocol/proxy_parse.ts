import type { ProxyHeader } from "./proxy_header.ts";

/** What the first bytes of a connection are. */
export type ProxyParse =
  /** Nothing is decided yet. With the whole signature it is a header, or a broken one. */
  | { readonly type: "more"; readonly hasSignature: boolean }
  /** No PROXY header. */
  | { readonly type: "none" }
  /** A whole header, and of how many bytes. */
  | { readonly type: "header"; readonly header: ProxyHeader; readonly length: number }
  /** It begins as a header does, and is none. @param error what is wrong, for the log. */
  | { readonly type: "broken"; readonly error: string };

/** The signature itself is not whole. */
export const MORE_SIGNATURE: ProxyParse = { type: "more", hasSignature: false };
/** What is behind the signature is not whole. */
export const MORE_HEADER: ProxyParse = { type: "more", hasSignature: true };
/** No header. */
export const NO_HEADER: ProxyParse = { type: "none" };

/** A header that is none. */
export function broken(error: string): ProxyParse {
  return { type: "broken", error };
}
