import * as z from "zod";

/** What is wrong with one part of a request. */
export const problemPart = z.strictObject({
  path: z.string().describe("As in `for`; empty where it is the body as a whole."),
  message: z.string(),
});

/** Body of every answer that is not a success (RFC 9457), as `application/problem+json`. */
export const problemBody = z.strictObject({
  type: z.string().describe("`urn:fproxy:problem:` and the code."),
  title: z.string().describe("What the code means."),
  status: z.int().describe("As in the status line."),
  detail: z.string().describe("What is wrong this time."),
  code: z.string().describe("Stable word for programs."),
  hint: z.string().optional().describe("What to do about it."),
  errors: z.array(problemPart).optional().describe("Part by part, where the request has parts."),
}).meta({ id: "Problem" });

/** One of {@link problemPart}. */
export type ProblemPart = z.output<typeof problemPart>;

/** One of {@link problemBody}. */
export type ProblemBody = z.output<typeof problemBody>;

/** Every code there is, with its title and its usual status. */
const PROBLEMS = {
  bad_json: [400, "The body is not JSON"],
  invalid: [400, "The request has a mistake in it"],
  bad_host: [400, "The Host field is missing, wrong or there more than once"],
  unauthorized: [401, "A token is needed"],
  token_needed: [403, "Without a token only clients on the machine of the proxy may change anything"],
  read_only: [403, "The token is for reading only"],
  cross_site: [403, "The request comes from a web page of somebody else"],
  forbidden: [403, "This may not be done here"],
  not_found: [404, "There is no such resource"],
  unknown_app: [404, "There is no such app"],
  unknown_target: [404, "There is no such target"],
  no_region: [404, "This proxy is part of no region"],
  method_not_allowed: [405, "The resource has no such method"],
  conflict: [409, "It cannot be done as things are"],
  changed: [412, "The resource is another than it was"],
  too_large: [413, "The body is too large"],
  not_json: [415, "The body must be JSON"],
  unknown_host: [421, "The host that was asked for is not this server"],
  invalid_config: [422, "The config is not valid"],
  precondition_needed: [428, "If-Match is needed"],
  region_unreachable: [503, "The store of the region does not answer"],
  too_many_followers: [503, "There are as many followers as there may be"],
  internal: [500, "A fault of the proxy"],
} as const satisfies Readonly<Record<string, readonly [status: number, title: string]>>;

/** Stable word for a kind of problem. */
export type ProblemCode = keyof typeof PROBLEMS;

/** What is said of a problem. */
export interface ProblemFacts {
  readonly detail: string;
  readonly hint?: string | undefined;
  readonly errors?: readonly ProblemPart[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request that is refused; thrown by resources, answered by {@link problemResponse}. */
export class ApiProblem extends Error {
  constructor(readonly code: ProblemCode, readonly facts: ProblemFacts) {
    super(facts.detail);
  }

  /** Of the answer. */
  get status(): number {
    return PROBLEMS[this.code][0];
  }
}

/** The answer that says what is wrong. */
export function problemResponse({ code, status, facts }: ApiProblem): Response {
  const { detail, hint, errors, headers } = facts;
  const body: ProblemBody = {
    type: `urn:fproxy:problem:${code}`,
    title: PROBLEMS[code][1],
    status,
    detail,
    code,
    ...(hint === undefined ? {} : { hint }),
    ...(errors === undefined ? {} : { errors: [...errors] }),
  };
  return new Response(JSON.stringify(body), {
    status,
    headers: { "content-type": "application/problem+json", ...headers },
  });
}
