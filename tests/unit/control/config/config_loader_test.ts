import fc from "fast-check";
import assert from "node:assert/strict";
import { ConfigLoader } from "../../../../src/control/config/config_loader.ts";
import { loadConfig, type LoadResult } from "../../../../src/control/config/load.ts";
import { splitApps } from "../../../../src/control/config/split_apps.ts";
import { testEnvironment } from "./test_environment.ts";

const OPTIONS = { file: "test.yaml", strategies: ["round_robin", "first"] };

const HEADS = [
  "",
  "workers: 2\ndefaults: { idle_timeout: 1m }\n",
  'admin: { listen: "0.0.0.0:7", token: "${TOKEN}" }\n# apps\n\n',
  'defaults: &shared { retry: { max_attempts: "${TRIES}" } }\n',
  "defaults: { engine: deno, tcp: { user_timeout: 9s } }\n",
  "defaults: { retry: { max_attempts: 2 }, http: { pool: { max_idle: 1 } }, race_delay: 1s, tcp: { fast_open: 9 } }\n",
];
const TAILS = ["", "log: { level: debug }\n", "engine: epoll\n", "# the end\n", "...\n"];
/** `N` stands for a number of the app's own. */
const APPS = [
  "- name: app-N\n  ports: [N]\n  targets: [10.0.0.1:N]\n",
  '- { name: "app-N", ports: [N], targets: ["10.0.0.1:N"], idle_timeout: "${IDLE}" }\n',
  "-\n  name: app-N\n\n  # a comment\n  ports:\n  - N\n  targets:\n  - { address: 10.0.0.1:N, weight: 0 }\n",
  "- targets:\n    - a.example:80\n    - b.example:80\n  name: a name of more than N letters\n  ports: ['127.0.0.1:N']\n",
  "- name: >-\n    folded-N\n  ports: [N]\n  targets: [10.0.0.1:N]\n# a comment at the left edge\n",
  "- name: app-N\n  ports: [N]\n  targets: [http://10.0.0.1:N/x]\n  mode: http\n  retry: { max_attempts: 2 }\n",
  "- name: app-N\n  ports: [N]\n  targets: [https://one.example, http://two.example]\n  mode: http\n",
  "- name: app-N\n  ports: [N]\n  targets: [10.0.0.1:N]\n  tcp: { keepalive: false }\n",
  "- name: wrong-N\n  ports: [N]\n  targets: []\n",
  "- name: app-N\n  ports: [N]\n  targets: [10.0.0.1:80]\n  nmae: x\n",
  "- name: app-N\n  ports: [N]\n  targets: &t [10.0.0.1:80]\n",
  "- name: app-N\n  ports: [N]\n  targets: *t\n",
  "- *shared\n",
  '- name: "unfinished\n',
  "- name: app-N\n  Targets: [10.0.0.1:80]\n  Ports: [N]\n",
  "---\n",
  "x: 1\n",
];

/** Those of them that have no mistake. */
const VALID_APPS = 8;

const app = fc.tuple(
  fc.oneof(
    { weight: 20, arbitrary: fc.constantFrom(...APPS.slice(0, VALID_APPS)) },
    { weight: 1, arbitrary: fc.constantFrom(...APPS.slice(VALID_APPS)) },
  ),
  fc.nat({ max: 200 }),
)
  .map(([text, number]) => text.replaceAll("N", `${number + 1}`));
const common = fc.tuple(fc.constantFrom(...HEADS), fc.constantFrom(...TAILS), fc.boolean());
/** Of some texts, a few characters are changed. */
const edit = fc.oneof(
  { weight: 4, arbitrary: fc.constant(null) },
  {
    weight: 1,
    arbitrary: fc.record({ at: fc.nat(), length: fc.nat({ max: 3 }), insert: fc.string({ maxLength: 2 }) }),
  },
);
const USUAL = { TOKEN: "a", TRIES: "2", IDLE: "5s" };
const environment = fc.constantFrom(
  ...Array.from({ length: 30 }, () => USUAL),
  { TOKEN: "a", TRIES: "3", IDLE: "6s" },
  { IDLE: "1" },
);

/** Nearly the same file again and again. */
const versions = fc.tuple(common, common, fc.array(app, { minLength: 3, maxLength: 8 })).chain((
  [usual, other, apps],
) =>
  fc.array(
    fc.record({
      around: fc.constantFrom(usual, usual, usual, other),
      apps: fc.shuffledSubarray(apps, { minLength: 2 }),
      more: fc.array(app, { maxLength: 2 }),
      edit,
      environment,
    }),
    { minLength: 2, maxLength: 8 },
  )
);

Deno.test("a loader gives for every text what loading that text alone gives", () => {
  let kept = 0;
  fc.assert(
    fc.property(versions, (versions) => {
      let variables: Record<string, string> = {};
      const env = { get: (name: string) => variables[name], names: () => Object.keys(variables) };
      const loader = new ConfigLoader(env, OPTIONS);
      let before: readonly unknown[] = [];
      for (const { around: [head, tail, isIndented], apps, more, edit, environment } of versions) {
        variables = environment;
        const list = [...apps, ...more].join("");
        let text = `${head}apps:\n${isIndented ? list.replaceAll(/^(?=.)/gm, "  ") : list}${tail}`;
        if (edit !== null) text = edited(text, edit);
        const expected = loadConfig(text, env, OPTIONS);
        const result = loader.load(text);
        assert.deepEqual(result, expected, text);
        if (!result.ok) continue;
        kept += result.config.apps.filter((app) => before.includes(app)).length;
        before = result.config.apps;
      }
    }),
    { numRuns: 150 },
  );
  assert.ok(kept > 100, `${kept} apps were not read again`);
});

Deno.test("JSON is read by parts, too, with the same result", () => {
  const value = fc.record({
    name: fc.constantFrom("a", "b", 'c"\\', "d{", "é", "apps"),
    ports: fc.tuple(fc.nat({ max: 20 })),
    targets: fc.constantFrom<unknown>(["10.0.0.1:1"], [{ address: "10.0.0.1:1", weight: 0 }], [], "x"),
  });
  const configs = fc.array(
    fc.record({
      apps: fc.array(value, { maxLength: 5 }),
      key: fc.constantFrom("apps", "apps", "apps", "Apps"),
      indent: fc.constantFrom(0, 2, 2, "\t"),
      edit,
    }),
    { minLength: 2, maxLength: 8 },
  );
  fc.assert(
    fc.property(configs, (configs) => {
      const loader = new ConfigLoader(testEnvironment(), OPTIONS);
      for (const { apps, key, indent, edit } of configs) {
        let text = JSON.stringify({ log: { level: "info" }, [key]: apps, workers: 2 }, null, indent);
        if (edit !== null) text = edited(text, edit);
        assert.deepEqual(loader.load(text), loadConfig(text, testEnvironment(), OPTIONS), text);
      }
    }),
    { numRuns: 150 },
  );
});

function edited(
  text: string,
  { at, length, insert }: { at: number; length: number; insert: string },
): string {
  const start = at % text.length;
  return text.slice(0, start) + insert + text.slice(start + length);
}

function appsOf(result: LoadResult): readonly unknown[] {
  assert.ok(result.ok, JSON.stringify(result));
  return result.config.apps;
}

for (const style of ["yaml", "json"] as const) {
  const text = (apps: readonly (readonly [name: string, seconds: number])[], level = "info"): string => {
    const list = apps.map(([name, seconds], i) => ({
      name,
      ports: [1000 + i],
      targets: ["10.0.0.1:1"],
      idle_timeout: `${seconds}s`,
    }));
    return style === "json"
      ? JSON.stringify({ log: { level }, apps: list })
      : `log: { level: ${level} }\napps:\n${list.map((app) => `- ${JSON.stringify(app)}\n`).join("")}`;
  };

  Deno.test(`${style}: an app whose text stays is the same object, unless what all apps share has changed`, () => {
    const loader = new ConfigLoader(testEnvironment(), OPTIONS);
    const before = appsOf(loader.load(text([["a", 1], ["b", 1], ["c", 1]])));
    const after = appsOf(loader.load(text([["a", 1], ["b", 2], ["c", 1]])));
    assert.deepEqual(after.map((app, i) => app === before[i]), [true, false, true]);
    assert.ok(!loader.load(text([["a", 1], ["a", 2], ["c", 1]])).ok, "duplicate names are found");
    const again = appsOf(loader.load(text([["a", 1], ["b", 3], ["c", 1]])));
    assert.deepEqual(again.map((app, i) => app === before[i]), [true, false, true]);
    const others = appsOf(loader.load(text([["a", 1], ["b", 3], ["c", 1]], "warn")));
    assert.deepEqual(others.map((app, i) => app === before[i]), [false, false, false]);
  });

  Deno.test(`${style}: of 2,000 apps one that changed is read in a small part of the time`, () => {
    const apps = (seconds: number): string =>
      text(Array.from({ length: 2_000 }, (_, i) => [`app-${i}`, i === 7 ? seconds : 1]));
    const loader = new ConfigLoader(testEnvironment(), OPTIONS);
    const timed = (seconds: number): number => {
      const input = apps(seconds);
      const startedAt = performance.now();
      appsOf(loader.load(input));
      return performance.now() - startedAt;
    };
    const wholeMs = timed(1);
    const changes = Array.from({ length: 9 }, (_, i) => timed(i + 2)).sort((a, b) => a - b);
    const medianMs = changes[4] ?? 0;
    assert.ok(medianMs < wholeMs / 5, `${medianMs} ms of ${wholeMs} ms`);
  });
}

Deno.test("what may depend on its order is not cut into apps", () => {
  assert.equal(splitApps("apps:\n- &a x\n- *a\n"), null);
  assert.equal(splitApps("apps: [a, b]\n"), null);
  assert.equal(splitApps("apps:\n- a\napps:\n- b\n"), null);
  assert.equal(splitApps('{"apps": [{"a": &x 1}]}'), null);
  assert.equal(splitApps('{"apps": [{}], "apps": [{}]}'), null);
  assert.deepEqual(splitApps("apps:\n- a\n- b\nlog: {}\n")?.apps, [[6, 10], [10, 14]]);
  assert.deepEqual(splitApps('{ "x": "apps", "apps": [ {"a": "]"}, {} ] }')?.apps, [[25, 35], [37, 39]]);
});

Deno.test("a script, and a path that starts at the folder of the config, are read each time", () => {
  const good = "export default () => ({ pick: () => 0 });";
  const scripts: Record<string, string> = { "conf/pick.js": good };
  const loader = new ConfigLoader(testEnvironment(), {
    file: "conf/apps.yaml",
    strategies: ["script"],
    readFile: (path) => scripts[path] ?? "",
  });
  const text = (timeout: number): string =>
    "apps:\n- { name: a, ports: [1], targets: ['10.0.0.1:1'], strategy: { type: script, file: pick.js } }\n" +
    `- { name: b, ports: [2], targets: ['10.0.0.1:1'], idle_timeout: ${timeout}s }\n`;
  const first = loader.load(text(1));
  assert.deepEqual(first.ok && first.config.apps[0]?.strategy, { type: "script", file: "conf/pick.js" });
  scripts["conf/pick.js"] = "export default {";
  assert.equal(loader.load(text(2)).ok, false);
});
