import assert from "node:assert/strict";
import { type AskedClient, PLAIN_REQUEST } from "../../../../src/cli/explain/asked_client.ts";
import { explain, type Explanation } from "../../../../src/cli/explain/explain.ts";
import { askedBy } from "../../../../src/cli/explain/explain_flags.ts";
import { formatExplanation } from "../../../../src/cli/explain/format_explanation.ts";
import type { ConfigInput } from "../../../../src/model/config.ts";
import { STRATEGY_NAMES } from "../../../../src/model/config_strategy.ts";
import { REPO_ROOT } from "../../../../scripts/repo_root.ts";
import { parseConfig } from "../../../kit/configs.ts";

type AppInput = ConfigInput["apps"][number];

const EXAMPLE_SCRIPT = `${REPO_ROOT}examples/overflow.ts`;

const TARGETS: AppInput["targets"] = [
  { address: "10.0.0.1:80", weight: 0 },
  { address: "10.0.0.2:80", labels: { tier: "inner" } },
  { address: "10.0.0.3:80", zone: "b", priority: 1 },
  { address: "10.0.0.4:80", backup: true },
];

function asked(app: Partial<AppInput>, question: Partial<AskedClient> = {}): Explanation {
  const config = parseConfig({
    zone: "a",
    apps: [{ name: "web", ports: [5001, "127.0.0.1:5002"], targets: TARGETS, ...app }],
  });
  return explain(config, { client: { ip: "10.0.0.9", port: 50_000 }, wallTimeMs: 0, ...question });
}

Deno.test("explain: every strategy says which target it chose, and why none of the others", () => {
  const reasons = new Set<string>();
  const options: Readonly<Record<string, AppInput["strategy"]>> = {
    rules: { type: "rules", rules: [{ use: { targets: "all" } }] },
    script: { type: "script", file: EXAMPLE_SCRIPT },
  };
  for (const type of STRATEGY_NAMES) {
    const strategy = options[type] ?? type;
    const { target, targets, isDenied } = asked({ strategy });
    assert.equal(isDenied, false);
    const chosen = targets.filter(({ outcome }) => outcome.startsWith("chosen by "));
    assert.deepEqual(chosen.map((one) => one.target), [target], type);
    for (const { outcome } of targets) {
      assert.match(outcome, /^(?:chosen by \w+(?:, \w+)?$|passed over: \w)/, type);
    }
    assert.equal(targets[0]?.outcome, "passed over: its weight is 0");
    assert.equal(targets[3]?.outcome, "passed over: it is a backup, used when no other target is left");
    targets.forEach(({ outcome }) => reasons.add(outcome));
  }
  assert.ok(
    ![...reasons].some((reason) => reason.includes("chose another one")),
    "a strategy without a reason of its own",
  );
  assert.equal(
    asked({ strategy: "priority" }).targets[2]?.outcome,
    "passed over: its priority is 1, and those with 0 are well",
  );
});

Deno.test("explain: a script is run, and what it does wrong is told", async () => {
  const file = await Deno.makeTempFile({ suffix: ".js" });
  const strategy: AppInput["strategy"] = { type: "script", file };
  const question = { client: { ip: "10.0.0.9", port: 50_000 }, wallTimeMs: 0 };
  try {
    await Deno.writeTextFile(file, "export default () => ({ pick: () => 2 });");
    assert.deepEqual([asked({ strategy }).target, asked({ strategy }).scriptFailure], ["10.0.0.3:80", null]);
    await Deno.writeTextFile(file, "export default () => ({ pick: () => 99 });");
    const failed = asked({ strategy });
    assert.match(failed.scriptFailure ?? "", /99/);
    assert.match(formatExplanation(failed, question, 80), /\nThe script failed, and round robin chose: .*99/);
    await Deno.writeTextFile(file, "export default (;");
    assert.throws(() => asked({ strategy }), RangeError);
  } finally {
    await Deno.remove(file);
  }
});

Deno.test("explain: rules say what became of each", () => {
  const strategy: AppInput["strategy"] = {
    type: "rules",
    rules: [
      { name: "broken", when: "1 / (client.port - 50000) == 1", deny: true },
      { name: "night", when: "time.hour >= 22", deny: true },
      { name: "none", when: "true", use: { targets: ["10.0.0.1:80"] } },
      {
        name: "inner",
        when: 'client.ip in cidr("10.0.0.0/8")\n && listener.port == 5001',
        use: { labels: { tier: "inner" } },
      },
      { deny: true },
    ],
  };
  const { rules, target } = asked({ strategy });
  assert.equal(target, "10.0.0.2:80");
  assert.deepEqual(rules.map(({ rule, outcome }) => `${rule} ${outcome}`), [
    "broken passed over: failed, division by zero",
    "night passed over: does not hold",
    "none passed over: holds, but none of its targets takes sessions",
    "inner holds: gives 10.0.0.2:80",
    "#5 not looked at: an earlier rule settled it",
  ]);
  assert.equal(rules[3]?.condition, 'client.ip in cidr("10.0.0.0/8") && listener.port == 5001');
  const late = asked({ strategy }, {
    wallTimeMs: Date.UTC(2026, 2, 1, 22),
    client: { ip: "192.0.2.1", port: 1 },
  });
  assert.ok(late.isDenied && late.target === null);
  const elsewhere = asked({ strategy }, { listener: { ip: "127.0.0.1", port: 5002 } });
  assert.equal(elsewhere.rules[4]?.outcome, "holds: denies");
});

Deno.test("explain: a client that the access rules deny is turned away before any strategy is asked", async () => {
  const list = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(list, "10.0.0.0/29\n");
    const access: AppInput["access"] = { rules: [{ allow: list }, { deny: "10.0.0.0/8" }] };
    const denied = asked({ access });
    assert.ok(denied.isDeniedByAccess && denied.isDenied && denied.target === null);
    const question = { client: { ip: "10.0.0.9", port: 50_000 }, wallTimeMs: 0 };
    assert.match(formatExplanation(denied, question, 80), /: is turned away by the access rules\n$/);
    assert.equal(asked({ access }, { client: { ip: "10.0.0.7", port: 1 } }).isDenied, false);
    await Deno.writeTextFile(list, "nobody\n");
    assert.throws(() => asked({ access }), /:1: "nobody" is no range of addresses/);
  } finally {
    await Deno.remove(list);
  }
});

Deno.test("explain: requests have a path, a query and fields", () => {
  const http: Partial<AppInput> = {
    mode: "http",
    targets: ["http://10.0.0.1/", { address: "http://10.0.0.2/" }],
    strategy: {
      type: "rules",
      rules: [
        {
          when:
            'request.path == "/a" && request.query.v == "1 2" && request.headers["X-B"] == "c" && request.host == "d"',
          use: { targets: ["http://10.0.0.2/"] },
        },
        { use: { targets: ["http://10.0.0.1/"] } },
      ],
    },
  };
  const request = { ...PLAIN_REQUEST, path: "/a?v=1+2", host: "d:80", headers: ["x-b: c"] };
  assert.equal(asked(http, { request }).target, "http://10.0.0.2");
  assert.equal(asked(http).target, "http://10.0.0.1");
  assert.throws(() => asked({}, { request }), /mode tcp, which knows no requests/);
  assert.throws(() => asked({}, { app: "shop" }), /there is no app shop: web/);
  assert.throws(() => asked({}, { listener: { ip: "0.0.0.0", port: 1 } }), /does not listen there/);
});

Deno.test("explain: flags make a question, or say what is missing", () => {
  const client = { ip: "10.0.0.9", port: 1 };
  assert.equal(askedBy({}, () => 7), null);
  assert.deepEqual(askedBy({ explain: true, client }, () => 7), { client, wallTimeMs: 7 });
  assert.deepEqual(askedBy({ explain: true, client, path: "/a", time: 5 }, () => 7)?.request?.path, "/a");
  assert.throws(() => askedBy({ explain: true }, () => 7), /needs --client/);
  assert.throws(() => askedBy({ client }, () => 7), /--client is for --explain/);
});

Deno.test("explain: the answer is a sentence and two tables", () => {
  const strategy: AppInput["strategy"] = {
    type: "rules",
    rules: [{ name: "all", use: { targets: ["10.0.0.2:80"] } }],
  };
  const question = { client: { ip: "10.0.0.9", port: 1 }, wallTimeMs: 0 };
  const text = formatExplanation(asked({ strategy }, question), question, Infinity);
  const lines = text.split("\n");
  assert.equal(
    lines[0],
    "10.0.0.9:1 at 0.0.0.0:5001 of the app web, at 1970-01-01T00:00:00Z: goes to 10.0.0.2:80",
  );
  assert.match(
    text,
    /\nRULE {2}CONDITION {8}OUTCOME\nall {3}\(for everybody\) {2}holds: gives 10\.0\.0\.2:80\n/,
  );
  assert.match(text, /\nTARGET {7}OUTCOME\n10\.0\.0\.1:80 {2}passed over/);
});
