/** Methods that may be sent twice without another effect: RFC 9110 section 9.2.2. */
const IDEMPOTENT: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"]);

/** True for an idempotent method; every method that is not known might not be. */
export function isIdempotent(method: string): boolean {
  return IDEMPOTENT.has(method);
}
