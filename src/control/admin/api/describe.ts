import * as z from "zod";
import { createDocument, type ZodOpenApiPathsObject } from "zod-openapi";
import { problemBody } from "./problem.ts";
import type { Route } from "./route.ts";

/** The description of the API (OpenAPI 3.1), of the schemas that serve it. */
export function describeApi(routes: readonly Route[], version: string): ReturnType<typeof createDocument> {
  const paths: ZodOpenApiPathsObject = {};
  for (const one of routes) {
    paths[one.path] = { ...paths[one.path], [one.method.toLowerCase()]: describeRoute(one) };
  }
  return createDocument({
    openapi: "3.1.1",
    info: {
      title: "fproxy admin API",
      version,
      description:
        "Looks at a running proxy, and steers it. Lists are paged; errors are problem documents (RFC 9457).",
    },
    security: [{ token: [] }],
    components: {
      securitySchemes: {
        token: { type: "http", scheme: "bearer", description: "`admin.token`, or one of `admin.tokens`." },
      },
    },
    paths,
  });
}

type Operation = NonNullable<ZodOpenApiPathsObject[string]["get"]>;

function describeRoute(one: Route): Operation {
  const { method, path, summary, description, role, params, query, body, answer, answerType } = one;
  const type = body?.as === "text" ? "text/plain" : "application/json";
  return {
    operationId: [method.toLowerCase(), ...path.split("/").slice(3)].map((word) => word.replaceAll(/\W/g, ""))
      .join("_"),
    summary,
    description: [description, `Asks for a token with the role \`${role}\`, where tokens are asked for.`]
      .filter(Boolean).join("\n\n"),
    tags: [path.split("/")[3] ?? "api"],
    requestParams: { path: params, query },
    ...(body === undefined
      ? {}
      : { requestBody: { required: true, content: { [type]: { schema: body.schema } } } }),
    responses: {
      "200": {
        description: "Done.",
        content: { [answerType?.split(";")[0] ?? "application/json"]: { schema: answer } },
      },
      default: {
        description: "It was not done.",
        content: { "application/problem+json": { schema: problemBody as z.ZodType } },
      },
    },
  };
}
