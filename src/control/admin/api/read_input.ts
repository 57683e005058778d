import type * as z from "zod";
import { errorMessage } from "../../../base/errors.ts";
import { describeIssue } from "../../config/describe_issue.ts";
import { ApiProblem, type ProblemPart } from "./problem.ts";
import type { Route } from "./route.ts";

/** What a schema makes of a part of a request. @throws {ApiProblem} that says what is wrong with it. */
export function readInput(schema: z.ZodType, value: unknown, what: string): unknown {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const errors = result.error.issues.flatMap((issue) =>
    describeIssue(issue, { schema, valueAt: (path) => valueAt(value, path) })
  ).map(({ path, message, hints, key }): ProblemPart => ({
    path: (key === undefined ? path : [...path, key]).map(String).join("."),
    message: [message.replace(/^config: /, `${what}: `), ...hints].join("; "),
  }));
  throw new ApiProblem("invalid", { detail: errors.map(({ message }) => message).join(". "), errors });
}

/** The body of a request as its route wants it. @throws {ApiProblem} where it is not such. */
export async function readBody(request: Request, body: NonNullable<Route["body"]>): Promise<unknown> {
  const isJson = body.as === "json";
  if (isJson && !/^application\/json\s*(;|$)/i.test(request.headers.get("content-type") ?? "")) {
    throw new ApiProblem("not_json", {
      detail: "The body must be JSON",
      hint: "send Content-Type: application/json",
    });
  }
  const text = await readText(request, body.maxBytes);
  return readInput(body.schema, isJson ? parseJson(text) : text, "body");
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ApiProblem("bad_json", { detail: `The body is not JSON: ${errorMessage(error)}` });
  }
}

/** No more is read than is allowed. */
async function readText(request: Request, maxBytes: number): Promise<string> {
  const tooLarge = (): ApiProblem =>
    new ApiProblem("too_large", {
      detail: `The body has more than ${maxBytes} bytes`,
      // What is not read of it would be taken for the next request.
      headers: { connection: "close" },
    });
  if (Number(request.headers.get("content-length") ?? 0) > maxBytes) throw tooLarge();
  const decoder = new TextDecoder();
  let total = 0;
  let text = "";
  for await (const chunk of request.body ?? []) {
    total += chunk.length;
    if (total > maxBytes) throw tooLarge();
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, key) =>
      typeof inner === "object" && inner !== null ? (inner as Record<PropertyKey, unknown>)[key] : undefined,
    value,
  );
}
