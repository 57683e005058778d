import type { ApiRequest } from "./route.ts";

/** Who a request is from, for logs: the name of its token, or the client's address. */
export function whoAsks({ bearer, client }: Pick<ApiRequest, "bearer" | "client">): string {
  return bearer?.name ?? (client.isUnix ? "unix socket" : client.remoteIp || "unknown");
}
