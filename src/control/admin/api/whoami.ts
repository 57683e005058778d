import * as z from "zod";
import { isFromHere } from "../access/guard_access.ts";
import { parseAuthority } from "../access/hosts.ts";
import { type ApiRequest, type Route, route } from "./route.ts";

const whoAmI = z.strictObject({
  name: z.string().nullable().describe("Name of the token; null where none is needed."),
  role: z.enum(["read", "write"]),
  read_only_because: z.string().nullable().describe("Why nothing may be changed; null where it may."),
}).meta({ id: "WhoAmI" });

/** Answer of `GET /api/v1/whoami`. */
export type WhoAmIView = z.output<typeof whoAmI>;

/** Who asks, for programs that offer only what may be done. */
export function whoAmIRoutes(): Route[] {
  return [
    route({
      method: "GET",
      path: "/api/v1/whoami",
      summary: "Whose token the request has, and what it may do",
      role: "read",
      answer: whoAmI,
      handle: (request) => ({ body: view(request) }),
    }),
  ];
}

function view({ bearer, headers, client }: ApiRequest): WhoAmIView {
  if (bearer?.role === "read") {
    return {
      name: bearer.name,
      role: "read",
      read_only_because: `the token "${bearer.name}" is for reading only`,
    };
  }
  if (bearer !== null) return { name: bearer.name, role: "write", read_only_because: null };
  const host = parseAuthority((headers.get("host") ?? "").toLowerCase())?.host ?? "";
  if (isFromHere(headers, client, host)) return { name: null, role: "write", read_only_because: null };
  return {
    name: null,
    role: "read",
    read_only_because: "without a token only clients on the machine of the proxy may change anything",
  };
}
