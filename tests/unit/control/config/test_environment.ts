import type { Environment } from "../../../../src/control/config/interpolate.ts";

/** An environment of exactly these variables. */
export function testEnvironment(variables: Readonly<Record<string, string>> = {}): Environment {
  return { get: (name) => variables[name], names: () => Object.keys(variables) };
}
