import { isTokenAsked, token } from "./token.ts";

const UNAUTHORIZED = 401;

interface ProblemBody {
  readonly code?: string;
  readonly title?: string;
  readonly detail?: string;
  readonly hint?: string;
  readonly errors?: readonly { readonly path: string; readonly message: string }[];
}

/** An answer of the API that is not a success (RFC 9457), or none at all: then the status is 0. */
export class ApiFailure extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
    readonly hint: string = "",
  ) {
    super(detail);
    this.name = "ApiFailure";
  }
}

/** What a request sends besides its path. */
export interface AskOptions {
  readonly method?: "GET" | "PUT" | "POST" | "DELETE";
  /** Sent as JSON; a string as text. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** Asks the API. @throws {ApiFailure} where it does not answer with a success. */
export async function request(path: string, options: AskOptions = {}): Promise<Response> {
  const { method = "GET", body, headers = {}, signal } = options;
  const all = new Headers(headers);
  if (token.value !== "" && !all.has("authorization")) all.set("authorization", `Bearer ${token.value}`);
  const isText = typeof body === "string";
  if (body !== undefined) all.set("content-type", isText ? "text/plain" : "application/json");
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      headers: all,
      cache: "no-store",
      ...(body === undefined ? {} : { body: isText ? body : JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (error) {
    if (signal?.aborted === true) throw error;
    throw new ApiFailure(0, "unreachable", "The proxy does not answer");
  }
  if (response.ok) return response;
  const failure = await failureOf(response);
  if (failure.status === UNAUTHORIZED) isTokenAsked.value = true;
  throw failure;
}

/** Asks for JSON. The shape of the answer is the API's promise. */
export async function ask<T>(path: string, options: AskOptions = {}): Promise<T> {
  return await (await request(path, options)).json() as T;
}

/** What went wrong, in a sentence and perhaps a hint. */
export function failureText(error: unknown): string {
  if (error instanceof ApiFailure) {
    return error.hint === "" ? error.message : `${error.message}: ${error.hint}`;
  }
  return error instanceof Error ? error.message : String(error);
}

async function failureOf(response: Response): Promise<ApiFailure> {
  const { status } = response;
  try {
    const { code = "unknown", detail, title, hint, errors = [] }: ProblemBody = await response.json();
    const parts = errors.map(({ path, message }) => path === "" ? message : `${path}: ${message}`);
    const text = [detail ?? title ?? `Status ${status}`, ...parts].join("; ");
    return new ApiFailure(status, code, text, hint);
  } catch {
    return new ApiFailure(status, "unknown", `The proxy answers with status ${status}`);
  }
}

/** Writes a query; what is empty or undefined is left out. */
export function withQuery(
  path: string,
  query: Readonly<Record<string, string | number | undefined>>,
): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== "") params.set(name, String(value));
  }
  const text = params.toString();
  return text === "" ? path : `${path}?${text}`;
}

/** Path of an app in the API. */
export function appPath(app: string): string {
  return `/api/v1/apps/${encodeURIComponent(app)}`;
}
