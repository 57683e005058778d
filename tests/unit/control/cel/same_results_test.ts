import type { Environment } from "@marcbachmann/cel-js";
import fc from "fast-check";
import assert from "node:assert/strict";
import { parseCidrRange } from "../../../../src/control/cel/cidr_range.ts";
import { compileCondition } from "../../../../src/control/cel/compile_condition.ts";
import { CidrType, ruleEnvironment } from "../../../../src/control/cel/environment.ts";
import { compileExpression } from "../../../../src/strategy/rules/compile_expression.ts";
import { RuleFailure } from "../../../../src/strategy/rules/rule_failure.ts";
import { RuleScope } from "../../../../src/strategy/rules/rule_scope.ts";
import { hashText } from "../../../../src/strategy/hash.ts";
import { PickedRequest } from "../../../kit/target_list.ts";
import { includesAddress } from "./bigint_range.ts";

/**
 * Conditions that are made up, evaluated by the program and by the package, with values that are made up: both have the
 * same result, or both have none.
 */

/** The package's own evaluation. */
const theirs: Environment = ruleEnvironment({
  cidr: (text) => new CidrType(parseCidrRange(text)),
  includes: ({ range }, ip) => includesAddress(range, ip),
  bucket: (key, count) => {
    if (count < 1n) throw new RangeError("no buckets");
    return BigInt(hashText(`bucket ${key}`)) % count;
  },
});

const NAMES = ["a", "x-one", "q"];
const WORDS = ["", "a", "ab", "/api/a", "10.0.0.9", "example.com", "É😀", "GET"];

/** Text of a literal. */
const quoted = fc.constantFrom(...WORDS).map((word) => JSON.stringify(word));

interface Expressions {
  bool: string;
  int: string;
  text: string;
}

const { bool } = fc.letrec<Expressions>((tie) => ({
  bool: fc.oneof(
    { maxDepth: 5, depthSize: "medium" },
    fc.constantFrom(
      "true",
      "false",
      'client.ip in cidr("10.0.0.0/8")',
      'cidr("2001:db8::/33").contains(client.ip)',
    ),
    fc.tuple(tie("int"), fc.constantFrom("==", "!=", "<", "<=", ">", ">="), tie("int")).map(infix),
    fc.tuple(tie("text"), fc.constantFrom("==", "!=", "<", "<=", ">", ">="), tie("text")).map(infix),
    fc.tuple(tie("bool"), fc.constantFrom("&&", "||", "==", "!="), tie("bool")).map(infix),
    tie("bool").map((one) => `!(${one})`),
    fc.tuple(tie("bool"), tie("bool"), tie("bool")).map(ternary),
    fc.tuple(tie("text"), fc.constantFrom("startsWith", "endsWith", "contains"), tie("text"))
      .map(([of, name, arg]) => `(${of}).${name}(${arg})`),
    fc.tuple(tie("text"), fc.constantFrom("^/", "a", "(?:b|c)+$")).map(([of, re]) =>
      `(${of}).matches("${re}")`
    ),
    fc.tuple(tie("text"), fc.constantFrom("request.headers", "request.query")).map(([key, map]) =>
      `(${key}) in ${map}`
    ),
    fc.constantFrom(
      ...["a", "q"].flatMap((name) => [`has(request.headers.${name})`, `has(request.query.${name})`]),
    ),
    fc.tuple(tie("text"), fc.array(tie("text"), { minLength: 1, maxLength: 3 }))
      .map(([item, all]) => `(${item}) in [${all.join(", ")}]`),
    fc.tuple(tie("int"), fc.array(tie("int"), { minLength: 1, maxLength: 3 }))
      .map(([item, all]) => `(${item}) in [${all.join(", ")}]`),
    fc.tuple(
      fc.constantFrom("exists", "all"),
      fc.array(quoted, { minLength: 1, maxLength: 3 }),
      tie("text"),
    )
      .map(([name, all, text]) => `[${all.join(", ")}].${name}(e, (${text}).contains(e))`),
    fc.tuple(
      fc.constantFrom("exists", "all"),
      fc.array(fc.nat(9), { minLength: 1, maxLength: 3 }),
      tie("int"),
    )
      .map(([name, all, one]) => `[${all.join(", ")}].${name}(e, e % 3 < (${one}))`),
  ),
  int: fc.oneof(
    { maxDepth: 4, depthSize: "small" },
    fc.integer({ min: 0, max: 120 }).map(String),
    fc.constantFrom("client.port", "listener.port", "time.hour", "time.weekday", "targets.available"),
    fc.tuple(tie("int"), fc.constantFrom("+", "-", "*", "/", "%"), tie("int")).map(infix),
    tie("int").map((one) => `-(${one})`),
    fc.tuple(tie("bool"), tie("int"), tie("int")).map(ternary),
    quoted.map((one) => `size(${one})`),
    fc.tuple(tie("text"), fc.constantFrom("100", "client.port % 3")).map(([key, count]) =>
      `bucket(${key}, ${count})`
    ),
  ),
  text: fc.oneof(
    { maxDepth: 4, depthSize: "small" },
    quoted,
    fc.constantFrom("client.ip", "listener.address", "app", "request.method", "request.path", "request.host"),
    fc.tuple(fc.constantFrom("request.headers", "request.query"), quoted).map(([map, key]) =>
      `${map}[${key}]`
    ),
    fc.constantFrom("request.headers.a", "request.query.q"),
    fc.tuple(tie("text"), tie("text")).map(([one, other]) => `(${one}) + (${other})`),
    tie("text").map((one) => `(${one}).lowerAscii()`),
    fc.tuple(tie("bool"), tie("text"), tie("text")).map(ternary),
  ),
}));

function infix([left, sign, right]: readonly unknown[]): string {
  return `(${left}) ${sign} (${right})`;
}

function ternary([test, yes, no]: readonly unknown[]): string {
  return `((${test}) ? (${yes}) : (${no}))`;
}

const fields = fc.dictionary(fc.constantFrom(...NAMES), fc.constantFrom(...WORDS), { maxKeys: 3 });
const inputs = fc.record({
  clientIp: fc.constantFrom("10.0.0.9", "203.0.113.7", "2001:db8::7", "2001:db8:8000::1", "::ffff:10.1.1.1"),
  clientPort: fc.nat(65_535),
  listener: fc.record({ ip: fc.constantFrom("0.0.0.0", "::1"), port: fc.nat(65_535) }),
  method: fc.constantFrom("GET", "POST"),
  path: fc.constantFrom("/", "/api/a", "/É"),
  host: fc.constantFrom("example.com", "a"),
  headers: fields,
  query: fields,
  wallTime: fc.nat(2 ** 31 - 1).map((s) => s * 1000),
  available: fc.nat(9),
});
type Input = typeof inputs extends fc.Arbitrary<infer T> ? T : never;

function ours(condition: string, input: Input): boolean | RuleFailure {
  const { clientIp, clientPort, listener, method, path, host, headers, query, wallTime, available } = input;
  const evaluate = compileExpression(compileCondition(condition, { app: "web", isHttp: true }));
  const http = {
    method,
    path,
    host,
    header: (name: string) => own(headers, name),
    query: (name: string) => own(query, name),
    cookie: () => null,
  };
  const scope = new RuleScope({ wallTime: () => wallTime, available: () => available });
  const value = evaluate(scope.of(new PickedRequest([], 0, { clientIp, clientPort, listener, http })));
  assert.ok(typeof value === "boolean" || value instanceof RuleFailure);
  return value;
}

function own(fields: Readonly<Record<string, string>>, name: string): string | null {
  return Object.hasOwn(fields, name) ? fields[name] ?? null : null;
}

function theirResult(condition: string, input: Input): boolean | null {
  const { clientIp, clientPort, listener, method, path, host, headers, query, wallTime, available } = input;
  const date = new Date(wallTime);
  try {
    return theirs.evaluate(condition, {
      client: { ip: clientIp, port: BigInt(clientPort) },
      listener: { address: listener.ip, port: BigInt(listener.port) },
      app: "web",
      time: { hour: BigInt(date.getUTCHours()), weekday: BigInt(date.getUTCDay()) },
      targets: { available: BigInt(available) },
      request: {
        method,
        path,
        host,
        headers: new Map(Object.entries(headers)),
        query: new Map(Object.entries(query)),
      },
    });
  } catch {
    return null;
  }
}

Deno.test("property: conditions come to what the package makes of them, or both come to nothing", () => {
  let values = 0;
  let failures = 0;
  fc.assert(
    fc.property(bool, fc.array(inputs, { minLength: 1, maxLength: 4 }), (condition, all) => {
      for (const input of all) {
        const mine = ours(condition, input);
        // Whole numbers of the package have 64 bits, and ours 53.
        if (mine instanceof RuleFailure && mine.reason === "integer overflow") continue;
        assert.equal(mine instanceof RuleFailure ? null : mine, theirResult(condition, input), condition);
        if (mine instanceof RuleFailure) failures++;
        else values++;
      }
    }),
    { numRuns: 2_000 },
  );
  assert.ok(values > 500 && failures > 50, `${values} values, ${failures} failures`);
});
