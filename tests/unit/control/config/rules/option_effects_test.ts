import assert from "node:assert/strict";
import { REPO_ROOT } from "../../../../../scripts/repo_root.ts";
import {
  HEDGED,
  IN_HTTP,
  IN_TCP,
  MORE_LOAD,
  ON_EPOLL,
} from "../../../../../src/control/config/rules/option_needs.ts";
import {
  APP_OPTIONS,
  type OptionUse,
  TARGET_OPTIONS,
} from "../../../../../src/control/config/rules/option_table.ts";
import { scriptPath } from "../../../../../src/control/scripts/app_scripts.ts";
import { compileApp } from "../../../../../src/control/daemon/compile.ts";
import { literalListening } from "../../../../../src/control/daemon/listening/listen_plan.ts";
import { PortSettler } from "../../../../../src/control/daemon/listening/port_settler.ts";
import { Slots } from "../../../../../src/control/daemon/slots.ts";
import type { AppConfig } from "../../../../../src/model/config.ts";
import type { HttpPolicy } from "../../../../../src/model/http_policy.ts";
import type { AppSnapshot } from "../../../../../src/model/snapshot.ts";
import { FakeMemory } from "../../../../kit/fake_memory.ts";
import { HttpWorld, request } from "../../../data/http/http_world.ts";
import { ModuleGraph } from "../../../../tidy/graph_rules.ts";
import { moduleFacts } from "../../../../tidy/module_facts.ts";
import { repoFiles } from "../../../../tidy/repo_files.ts";
import {
  type AppInput,
  parsedApp,
  type Situation,
  SITUATIONS,
  withOption,
  withTargetOption,
} from "./situations.ts";

/**
 * What the table of options says is compared with the program: an option that has an effect changes what data threads
 * are sent, in a field that the code for the app's mode, or its engine, reads; one that has none for the mode or the
 * engine changes no field that they read.
 */

/** Options that data threads have no use for, by what they are for. */
const FOR_CONTROL: Readonly<Record<string, string>> = {
  "outlier_detection.interval": "control judges rates",
  "outlier_detection.base_ejection_time": "control brings targets back",
  "outlier_detection.max_ejection_time": "as base_ejection_time",
  "outlier_detection.failure_percentage_threshold": "control judges rates",
  "outlier_detection.success_rate_stdev_factor": "control judges rates",
  "outlier_detection.min_requests": "control judges rates",
  "outlier_detection.min_hosts": "control judges rates",
  "slow_start": "control writes weights to the board",
  "slow_start.window": "as slow_start",
  "slow_start.aggression": "as slow_start",
  "slow_start.min_weight_percent": "as slow_start",
  "min_available": "for status",
  "on_down": "control tells threads when a target is down",
};
/** Fields of a snapshot that control itself reads, or that stand for the whole. */
const FIELDS_OF_CONTROL: ReadonlySet<string> = new Set(["engine", "slot", "key", "name"]);

const files = (await repoFiles(REPO_ROOT)).filter(({ path }) => /^src\/.*\.ts$/.test(path));
const graph = new ModuleGraph(files.map(({ path, text }) => moduleFacts(path, text)));
const textOf = new Map(files.map(({ path, text }) => [path, text]));

/** What both modes go through. */
const SHARED = [
  "src/data/acceptor.ts",
  "src/data/app.ts",
  "src/data/gate.ts",
  "src/model/limit_table.ts",
  "src/model/rate.ts",
  "src/data/picker.ts",
  ...loadedFrom(["src/strategy/mod.ts"]),
  "src/data/target_outcomes.ts",
  "src/data/preface/preface.ts",
  "src/data/preface/trusted_senders.ts",
  "src/strategy/rules/cidr_matcher.ts",
];
const ENTRIES = {
  tcp: ["src/data/session.ts"],
  http: [
    "src/data/http/client/http_session.ts",
    "src/data/http/http_app.ts",
    "src/data/http/endpoint/endpoint_pools.ts",
  ],
} as const;

/** Words of the code that serves apps of a mode. */
const WORDS_OF_MODE = {
  tcp: wordsOf([...SHARED, ...loadedFrom(ENTRIES.tcp)]),
  http: wordsOf([...SHARED, ...loadedFrom(ENTRIES.http)]),
} as const;
const WORDS_OF_ENGINE = {
  deno: wordsOf(loadedFrom(["src/engine/deno/engine.ts"])),
  epoll: wordsOf(loadedFrom(["src/engine/epoll/engine.ts"])),
} as const;

function loadedFrom(entries: readonly string[]): string[] {
  return entries.flatMap((entry) => {
    const loaded = graph.loadedFrom(entry).map(({ path }) => path);
    assert.ok(loaded.length > 0, `${entry} is gone`);
    return loaded;
  }).filter((path) => !path.startsWith("src/model/"));
}

/** Without comments, and without types, in which fields are only declared. */
function wordsOf(paths: readonly string[]): ReadonlySet<string> {
  return new Set(paths.flatMap((path) => {
    const text = textOf.get(path);
    assert.ok(text !== undefined, `${path} is gone`);
    return text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*|^\s*readonly .*$/gm, "").match(/\w+/g) ?? [];
  }));
}

const memory = new FakeMemory();

function compiled(app: AppConfig): AppSnapshot {
  const engine = engineOf(app);
  return compileApp(app, 1, {
    records: () => [],
    slots: new Slots(memory.board, memory.totals),
    ports: new PortSettler(),
    engine: () => engine,
    listening: literalListening,
    addresses: (host) => /^[\d.]+$/.test(host) ? [host] : ["10.1.0.1", "10.1.0.2"],
    script: ({ strategy }) => {
      const file = scriptPath(strategy);
      return file === null ? null : { file, code: "", hash: file };
    },
    certificates: ({ tls, http }) => ({
      certificate: tls === null ? null : { cert: tls.cert_file, key: tls.key_file },
      caCerts: http === null || http.tls.ca_file === "" ? [] : [http.tls.ca_file],
    }),
    maxIdleConnections: Infinity,
    zone: "a",
    hashTable: (entries) => ({ offset: 0, size: entries.length, version: 1 }),
    access: ({ access }) =>
      access === undefined ? null : {
        offset: 0,
        version: 1,
        ipv4: access.rules.length,
        ipv6: 0,
        allowsFirst: access.default === "allow",
      },
    limitTable: (_app, _slot, { entries }) => ({ offset: 0, version: 1, entries }),
    accessLogSample: 1,
  });
}

function engineOf(app: AppConfig): "deno" | "epoll" {
  return ON_EPOLL.isMet(app) ? "epoll" : "deno";
}

/** Paths of what differs in two values of plain data. */
function differences(one: unknown, other: unknown, path: readonly string[] = []): string[][] {
  if (JSON.stringify(one) === JSON.stringify(other)) return [];
  const isPlain = (value: unknown): value is Record<string, unknown> =>
    typeof value === "object" && value !== null;
  if (!isPlain(one) || !isPlain(other)) return [[...path]];
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].flatMap((key) =>
    differences(one[key], other[key], [...path, key])
  );
}

/** Names of the fields in which the snapshots differ; of lists, the list's. */
function changedFields(situation: Situation, app: AppInput): string[] {
  const [before, after] = [situation.app, app].map((input) => compiled(parsedApp(input)));
  return [
    ...new Set(differences(before, after).map((path) => path.findLast((one) => !/^\d+$/.test(one)) ?? "")),
  ];
}

/** Whether the code that serves an app reads one of these fields. */
function isRead(app: AppConfig, fields: readonly string[]): boolean {
  const words = [WORDS_OF_MODE[app.mode], WORDS_OF_ENGINE[engineOf(app)]];
  return fields.some((field) => FIELDS_OF_CONTROL.has(field) || words.some((known) => known.has(field)));
}

/** Fields whose readers cannot be told by the name: both policies have the first, and much else is called the second. */
const AMBIGUOUS: ReadonlySet<string> = new Set(["attemptTimeoutMs", "count"]);

function check(situation: Situation, key: string, use: OptionUse, app: AppInput): void {
  // Probes are control's.
  if (FOR_CONTROL[key] !== undefined || key.split(".", 1)[0] === "health_check") return;
  const parsed = parsedApp(app);
  const need = use.needs.find((one) => !one.isMet(parsed));
  const fields = changedFields(situation, app);
  const place = `${situation.name}: ${key}`;
  if (need === undefined) {
    assert.ok(fields.length > 0, `${place} is said to have an effect, and changes nothing that is sent`);
    assert.ok(isRead(parsed, fields), `${place} is said to have an effect, and nothing reads ${fields}`);
  } else if (need === IN_HTTP || need === IN_TCP) {
    const read = fields.filter((field) => !AMBIGUOUS.has(field) && WORDS_OF_MODE[parsed.mode].has(field));
    assert.deepEqual(read, [], `${place} is said to do nothing in this mode, and is read`);
  } else if (need === ON_EPOLL) {
    const read = fields.filter((field) => !AMBIGUOUS.has(field) && WORDS_OF_ENGINE.deno.has(field));
    assert.deepEqual(read, [], `${place} is said to do nothing on the engine deno, and is read`);
  }
}

for (const situation of SITUATIONS) {
  Deno.test(`the table of options is right about the code: ${situation.name}`, () => {
    for (const [key, use] of Object.entries(APP_OPTIONS)) {
      if (key === "mode" || key === "engine") continue;
      check(situation, key, use, withOption(situation.app, key));
    }
    for (const [key, use] of Object.entries(TARGET_OPTIONS)) {
      check(situation, key, use, withTargetOption(situation.app, key));
    }
  });
}

Deno.test("mode and engine change what is sent", () => {
  const app: AppInput = { name: "a", ports: [80], targets: ["10.0.0.1:80"] };
  const situation = { name: "plain", app };
  assert.ok(changedFields(situation, withOption(app, "mode")).includes("http"));
  assert.ok(changedFields(situation, withOption(app, "engine")).includes("engine"));
});

/** Which endpoints were asked, millisecond by millisecond, of a request that none of them answers. */
function asked(policy: Partial<HttpPolicy>): string {
  const world = new HttpWorld(policy);
  world.client(request());
  return Array.from({ length: 60 }, () => {
    world.advance(1);
    return world.asked.join();
  }).join(" ");
}

for (const dispatch of ["sequential", "fanout", "hedged"] as const) {
  Deno.test(`the needs of hedging are right about the code: ${dispatch}`, () => {
    for (const max_extra_load of [0, 1]) {
      const app = parsedApp({
        name: "a",
        mode: "http",
        ports: [80],
        targets: ["http://one.example"],
        http: { dispatch, max_extra_load },
      });
      const base = { dispatch, maxExtraLoad: max_extra_load, hedgeAfter: { delayMs: 20 } } as const;
      const later = asked({ ...base, hedgeAfter: { delayMs: 40 } });
      assert.equal(later !== asked(base), HEDGED.isMet(app) && MORE_LOAD.isMet(app), "hedge_after");
      const other = asked({ ...base, maxExtraLoad: 1 - max_extra_load });
      assert.equal(other !== asked(base), HEDGED.isMet(app), "max_extra_load");
    }
  });
}
