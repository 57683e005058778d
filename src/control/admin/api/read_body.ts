import type { Context } from "hono";
import type * as z from "zod";
import { errorMessage } from "../../../base/errors.ts";
import { describeIssue } from "../../config/describe_issue.ts";
import { apiError, type ApiIssue } from "./api_error.ts";

/** The JSON body of a request as the schema gives it, or the answer that says what is wrong with it. */
export async function readBody<T extends z.ZodType>(
  context: Context,
  schema: T,
): Promise<{ readonly body: z.output<T> } | Response> {
  if (!/^application\/json\s*(;|$)/i.test(context.req.header("content-type") ?? "")) {
    return apiError(context, 415, {
      code: "not_json",
      message: "The body must be JSON",
      hint: "send Content-Type: application/json",
    });
  }
  let value: unknown;
  try {
    value = JSON.parse(await context.req.text());
  } catch (error) {
    return apiError(context, 400, {
      code: "bad_json",
      message: `The body is not JSON: ${errorMessage(error)}`,
    });
  }
  const result = schema.safeParse(value);
  if (result.success) return { body: result.data };
  const issues = result.error.issues.flatMap((issue) =>
    describeIssue(issue, { schema, valueAt: (path) => valueAt(value, path) })
  ).map(({ path, message, hints, key }): ApiIssue => ({
    path: (key === undefined ? path : [...path, key]).map(String).join("."),
    message: [message.replace(/^config: /, "body: "), ...hints].join("; "),
  }));
  return apiError(context, 400, {
    code: "invalid",
    message: issues.map(({ message }) => message).join(". "),
    issues,
  });
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, key) =>
      typeof inner === "object" && inner !== null ? (inner as Record<PropertyKey, unknown>)[key] : undefined,
    value,
  );
}
