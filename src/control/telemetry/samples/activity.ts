import type { ServiceRates } from "./sample.ts";

/** What was done in an interval. */
export interface Activity {
  connections: number;
  bytesIn: number;
  bytesOut: number;
  requests: number;
  errors: number;
}

/** Nothing. */
export function noActivity(): Activity {
  return { connections: 0, bytesIn: 0, bytesOut: 0, requests: 0, errors: 0 };
}

/** Adds one to another. */
export function addActivity(total: Activity, one: Readonly<Activity>): void {
  total.connections += one.connections;
  total.bytesIn += one.bytesIn;
  total.bytesOut += one.bytesOut;
  total.requests += one.requests;
  total.errors += one.errors;
}

/** What is told of it. @param active connections that are open. */
export function serviceRates(activity: Readonly<Activity>, active: number, seconds: number): ServiceRates {
  return {
    connections_active: active,
    connections_per_second: perSecond(activity.connections, seconds),
    requests_per_second: perSecond(activity.requests, seconds),
    bytes_in_per_second: perSecond(activity.bytesIn, seconds),
    bytes_out_per_second: perSecond(activity.bytesOut, seconds),
    errors_per_second: perSecond(activity.errors, seconds),
  };
}

/** A rate, to a hundredth; 0 where no time has passed. */
export function perSecond(count: number, seconds: number): number {
  return seconds <= 0 ? 0 : Math.round(count / seconds * 100) / 100;
}
