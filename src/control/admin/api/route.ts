import * as z from "zod";
import type { AdminBindings } from "../serving/admin_listener.ts";
import type { Bearer } from "../access/tokens.ts";
import type { AdminRole } from "../../../model/config_admin.ts";

/** A request as its route's schemas read it. */
export interface ApiRequest<P = unknown, Q = unknown, B = unknown> {
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  readonly headers: Headers;
  readonly client: AdminBindings;
  /** Whose token came with it; null where none is needed. */
  readonly bearer: Bearer | null;
}

/** What is answered; an answer that goes on while things happen comes as a whole `Response`. */
export interface ApiAnswer<A> {
  /** 200 unless given. */
  readonly status?: 200 | 202;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: A;
}

/** What a request may hold. */
export interface RouteBody<B extends z.ZodType> {
  readonly schema: B;
  /** Text is taken as it is; anything else must be JSON. */
  readonly as: "json" | "text";
  readonly maxBytes: number;
}

/** One method of one resource: what the server does and what the description says of it come of the same schemas. */
export interface RouteSpec<
  P extends z.ZodObject,
  Q extends z.ZodObject,
  B extends z.ZodType,
  A extends z.ZodType,
> {
  readonly method: "GET" | "PUT" | "POST" | "DELETE";
  /** With names of parameters in braces. */
  readonly path: string;
  readonly summary: string;
  readonly description?: string;
  readonly role: AdminRole;
  readonly params?: P;
  readonly query?: Q;
  readonly body?: RouteBody<B>;
  readonly answer: A;
  /** Content type of an answer that is text. */
  readonly answerType?: string;
  readonly handle: (
    request: ApiRequest<z.output<P>, z.output<Q>, z.output<B>>,
  ) => Response | ApiAnswer<z.input<A>> | Promise<ApiAnswer<z.input<A>>>;
}

/** A route whose types are known to itself alone. */
export interface Route extends Omit<RouteSpec<z.ZodObject, z.ZodObject, z.ZodType, z.ZodType>, "handle"> {
  readonly params: z.ZodObject;
  readonly query: z.ZodObject;
  readonly handle: (request: ApiRequest) => Response | ApiAnswer<unknown> | Promise<ApiAnswer<unknown>>;
}

const NOTHING = z.strictObject({});

/** Makes a route: its handler gets what the schemas gave. */
export function route<
  P extends z.ZodObject = z.ZodObject<Record<never, never>>,
  Q extends z.ZodObject = z.ZodObject<Record<never, never>>,
  B extends z.ZodType = z.ZodUndefined,
  A extends z.ZodType = z.ZodType,
>(spec: RouteSpec<P, Q, B, A>): Route {
  const { handle, ...rest } = spec;
  return {
    params: NOTHING,
    query: NOTHING,
    ...rest,
    handle: (request) => handle(request as Parameters<typeof handle>[0]),
  };
}
