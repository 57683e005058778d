import type { Context, Hono } from "hono";
import type { AdminEnv } from "../access/guard_access.ts";
import { ApiProblem } from "./problem.ts";
import { readBody, readInput } from "./read_input.ts";
import type { Route } from "./route.ts";

/** Serves routes: reads what the schemas say, refuses tokens that may not, and methods that a resource does not have. */
export function mountRoutes(app: Hono<AdminEnv>, routes: readonly Route[]): void {
  const methods = new Map<string, string[]>();
  for (const one of routes) {
    const path = one.path.replaceAll(/\{(\w+)\}/g, ":$1");
    methods.set(path, [...methods.get(path) ?? [], one.method]);
    app.on(one.method, path, (context) => serve(context, one));
  }
  for (const [path, known] of methods) {
    app.all(path, ({ req }) => {
      throw new ApiProblem("method_not_allowed", {
        detail: `${req.method} is no method of this resource`,
        hint: `it has ${known.join(", ")}`,
        headers: { allow: known.join(", ") },
      });
    });
  }
}

async function serve(context: Context<AdminEnv>, route: Route): Promise<Response> {
  const { req } = context;
  const { bearer, client } = context.var;
  if (route.role === "write" && bearer?.role === "read") {
    throw new ApiProblem("read_only", {
      detail: `The token "${bearer.name}" is for reading only`,
      headers: { "www-authenticate": 'Bearer realm="fproxy", error="insufficient_scope"' },
    });
  }
  const params = readInput(route.params, req.param(), "path");
  const query = readInput(route.query, queryOf(req.url), "query");
  const body = route.body === undefined ? undefined : await readBody(req.raw, route.body);
  const request = { params, query, body, headers: req.raw.headers, client, bearer };
  const answered = await route.handle(request);
  if (answered instanceof Response) {
    // Who asks for the head alone is sent no body; one that goes on would do so for nobody.
    if (req.method === "HEAD") await answered.body?.cancel();
    return answered;
  }
  const { status = 200, headers = {}, body: answer } = answered;
  if (route.answerType === undefined) return context.json(answer as object | null, status, headers);
  return context.body(String(answer), status, { "content-type": route.answerType, ...headers });
}

/** Of a parameter that is there twice the last counts. */
function queryOf(url: string): Record<string, string> {
  return Object.fromEntries(new URL(url).searchParams);
}
