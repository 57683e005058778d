import { Environment } from "@marcbachmann/cel-js";
import type { CidrRange } from "../../model/rule_expression.ts";

/** Stands for what `cidr()` gives, while types are checked. */
export class CidrType {
  constructor(readonly range: CidrRange) {}
}

/** What `cidr()` and `bucket()` do where the package itself evaluates. */
export interface RuleFunctions {
  cidr(text: string): CidrType;
  includes(range: CidrType, ip: string): boolean;
  bucket(key: string, count: bigint): bigint;
}

/** Depth and size that a condition may have; beyond it is a mistake, or an attack on the one who reads it. */
const LIMITS = { maxAstNodes: 1000, maxDepth: 64, maxListElements: 500 } as const;

/** Variables and functions of conditions, with their types. @param functions what they do; checking needs them not. */
export function ruleEnvironment(functions: RuleFunctions = UNUSED): Environment {
  return new Environment({ unlistedVariablesAreDyn: false, limits: LIMITS })
    .registerVariable("client", { schema: { ip: "string", port: "int" } })
    .registerVariable("listener", { schema: { address: "string", port: "int" } })
    .registerVariable("app", "string")
    .registerVariable("time", { schema: { hour: "int", weekday: "int" } })
    .registerVariable("targets", { schema: { available: "int" } })
    .registerVariable("request", {
      schema: {
        method: "string",
        path: "string",
        host: "string",
        headers: "map<string, string>",
        query: "map<string, string>",
      },
    })
    .registerType("cidr", { ctor: CidrType, fields: {} })
    .registerFunction("cidr(string): cidr", (text: string) => functions.cidr(text))
    .registerFunction(
      "cidr.contains(string): bool",
      (range: CidrType, ip: string) => functions.includes(range, ip),
    )
    .registerOperator("string in cidr", (ip: string, range: CidrType) => functions.includes(range, ip))
    .registerFunction(
      "bucket(string, int): int",
      (key: string, count: bigint) => functions.bucket(key, count),
    );
}

const UNUSED: RuleFunctions = {
  cidr: () => {
    throw new TypeError("types are checked, nothing is evaluated");
  },
  includes: () => false,
  bucket: () => 0n,
};
