import type { FieldSource, RuleVariable } from "../../model/rule_expression.ts";
import type { PickRequest } from "../strategy.ts";
import { RuleFailure } from "./rule_failure.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** The Unix epoch began on a Thursday. */
const EPOCH_WEEKDAY = 4;

/** What a condition can know besides the request. */
export interface RuleWorld {
  /** Milliseconds since the Unix epoch. */
  wallTime(): number;
  /** Targets of the app that can be given sessions now, backups included. */
  available(): number;
}

/** A value of an expression, or why there is none. */
export type RuleValue = string | number | boolean | RuleFailure;

/** Where a condition finds the values of variables: for one choice at a time. */
export class RuleScope {
  #request: PickRequest | null = null;

  constructor(private readonly world: RuleWorld) {}

  /** Shows that request from now on. */
  of(request: PickRequest): this {
    this.#request = request;
    return this;
  }

  /** Value of a header field or a parameter of the query, null where there is none. */
  field(of: FieldSource, name: string): string | null {
    const http = this.#request?.http ?? null;
    if (http === null) return null;
    return of === "request.headers" ? http.header(name.toLowerCase()) : http.query(name);
  }

  /** The request that a choice is made for. */
  get request(): PickRequest | null {
    return this.#request;
  }

  /** Hours since the Unix epoch. */
  get hours(): number {
    return Math.floor(this.world.wallTime() / HOUR_MS);
  }

  /** Days since the Unix epoch. */
  get days(): number {
    return Math.floor(this.world.wallTime() / DAY_MS);
  }

  /** See {@link RuleWorld.available}. */
  get available(): number {
    return this.world.available();
  }
}

const NO_REQUEST = new RuleFailure("there is no request");

/** How each variable is read. */
export const VARIABLES: Readonly<Record<RuleVariable, (scope: RuleScope) => RuleValue>> = {
  "client.ip": ({ request }) => request?.clientIp ?? NO_REQUEST,
  "client.port": ({ request }) => request?.clientPort ?? NO_REQUEST,
  "listener.address": ({ request }) => request?.listener.ip ?? NO_REQUEST,
  "listener.port": ({ request }) => request?.listener.port ?? NO_REQUEST,
  "time.hour": ({ hours }) => hours % 24,
  "time.weekday": ({ days }) => (days + EPOCH_WEEKDAY) % 7,
  "targets.available": ({ available }) => available,
  "request.method": ({ request }) => request?.http?.method ?? NO_REQUEST,
  "request.path": ({ request }) => request?.http?.path ?? NO_REQUEST,
  "request.host": ({ request }) => hostName(request?.http?.host) ?? NO_REQUEST,
};

/** Without the port, in lower case: names of hosts are the same in either. */
function hostName(authority: string | undefined): string | undefined {
  return authority?.replace(/:\d*$/, "").toLowerCase();
}
