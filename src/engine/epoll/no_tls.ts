import { NetError } from "../../base/errors.ts";

/**
 * To be called where options may ask for TLS, which this engine has not got.
 * @param tls What was asked for; undefined or null asks for none.
 * @param action What was tried, as the message begins: "listen on 10.0.0.7:443".
 * @throws {NetError} code `tls`.
 */
export function refuseTls(tls: object | null | undefined, action: string): void {
  if (tls === undefined || tls === null) return;
  throw new NetError("tls", `Cannot ${action}: the epoll engine has no TLS, the deno engine has`, "internal");
}
