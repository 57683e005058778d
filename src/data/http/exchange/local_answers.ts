import type { LocalAnswer } from "../policy/local_answer.ts";

/** No endpoint could be asked at all. */
export const NO_ENDPOINT: LocalAnswer = {
  status: 503,
  code: "no_endpoint",
  message: "No endpoint is available",
};

/** A rule of the app turned the request away. */
export const DENIED_BY_RULE: LocalAnswer = {
  status: 403,
  code: "denied",
  message: "The request is not allowed",
};

/** The access rules of the app do not allow the client. */
export const DENIED_BY_ACCESS: LocalAnswer = {
  status: 403,
  code: "denied",
  message: "The client is not allowed",
};

/** The time of the request, or of its last endpoint, ran out. */
export const TIMED_OUT: LocalAnswer = {
  status: 504,
  code: "timed_out",
  message: "No endpoint answered in time",
};

const NO_USABLE_ANSWER = { code: "no_usable_answer", message: "No endpoint gave a usable answer" };

/** Every endpoint was asked in vain; by the status configured. */
export const EXHAUSTED: Readonly<Record<500 | 502, LocalAnswer>> = {
  500: { status: 500, ...NO_USABLE_ANSWER },
  502: { status: 502, ...NO_USABLE_ANSWER },
};

/** The client did not send its head in time. */
export const HEAD_TIMEOUT: LocalAnswer = {
  status: 408,
  code: "header_timeout",
  message: "The request's header section did not come in time",
};

/** The client did not send its body in time. */
export const BODY_TIMEOUT: LocalAnswer = {
  status: 408,
  code: "body_timeout",
  message: "The request's body came too slowly",
};

/** The app has all the clients it may have. */
export const TOO_MANY_CLIENTS: LocalAnswer = {
  status: 503,
  code: "too_many_clients",
  message: "Too many clients are connected",
};

const SECOND_MS = 1000;

/** The client, or all of them, connected too often, or it has all the connections it may have. @param waitMs 0: unknown. */
export function tooManyConnections(waitMs: number): LocalAnswer {
  return {
    status: 429,
    code: "too_many_connections",
    message: "There are too many connections, or too many in too short a time",
    retryAfterS: Math.max(1, Math.ceil(waitMs / SECOND_MS)),
  };
}
