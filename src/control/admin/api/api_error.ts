import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";

/** What is wrong with one part of a request's body. */
export interface ApiIssue {
  /** As in `for`; empty where it is the body as a whole. */
  readonly path: string;
  readonly message: string;
}

/** Body of every answer that is not a success, under `error`. */
export interface ApiError {
  /** Stable word for programs. */
  readonly code: string;
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string;
  readonly issues?: readonly ApiIssue[];
}

/** Answers with an error. */
export function apiError(context: Context, status: ContentfulStatusCode, error: ApiError): Response {
  return context.json({ error }, status);
}
