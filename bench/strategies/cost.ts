/**
 * What a choice costs, by strategy and number of targets: the whole of it as sessions pay for it, with the board, the set
 * of available targets and the hash table. `deno task bench-strategies cost`
 * @module
 */
import process from "node:process";
import { systemClock } from "../../src/base/clock.ts";
import { systemRandom } from "../../src/base/random.ts";
import { compileApp } from "../../src/control/daemon/compile.ts";
import { literalListening } from "../../src/control/daemon/listening/listen_plan.ts";
import { PortSettler } from "../../src/control/daemon/listening/port_settler.ts";
import { Slots } from "../../src/control/daemon/slots.ts";
import { Tables } from "../../src/control/daemon/tables/tables.ts";
import { CounterTotals } from "../../src/control/telemetry/counter_totals.ts";
import { App } from "../../src/data/app.ts";
import { Picker } from "../../src/data/picker.ts";
import { Board, Shared } from "../../src/model/board.ts";
import { type ConfigInput, configSchema } from "../../src/model/config.ts";
import type { ScriptSnapshot } from "../../src/model/snapshot.ts";
import { median } from "../stats.ts";

type StrategyInput = ConfigInput["apps"][number]["strategy"];

/** What is measured, by the name that is shown. */
const MEASURED: Readonly<Record<string, StrategyInput>> = {
  round_robin: "round_robin",
  random: "random",
  random_two_choices: "random_two_choices",
  source_hash: "source_hash",
  "source_hash, balance_factor": { type: "source_hash", balance_factor: 125 },
  least_latency: "least_latency",
  least_connections: "least_connections",
  "priority, round_robin": "priority",
  "prefer_zone, random_two_choices": { type: "prefer_zone", strategy: "random_two_choices" },
  "rules, one bucket()": byRules("bucket(client.ip, 100) < 5"),
  "rules, one cidr()": byRules('client.ip in cidr("10.0.0.0/8")'),
  "rules, ten of them": byRules(
    ...Array.from({ length: 10 }, (_, n) => `client.ip in cidr("10.${n}.0.0/16") || client.port == ${n}`),
  ),
  "script, in turn": { type: "script", file: "turn.js" },
};
/** Does what a script has to at least: looks at the set, and takes a number that all threads share. */
const SCRIPT: ScriptSnapshot = {
  file: "turn.js",
  code: "export default ({ set, nextCursor }) => ({ pick: () => set.members[nextCursor() % set.count] });",
  hash: "turn",
};
const SIZES = [10, 100, 1_000];
const CLIENTS = 1_024;
const TURNS = 9;
const TURN_US = 50_000;
const LISTENER = { ip: "0.0.0.0", port: 5001 };
/** No session has tried a target yet. */
const UNTRIED: readonly number[] = [];

/** Conditions that choose the first zone, and all targets for those for whom none holds. */
function byRules(...conditions: readonly string[]): StrategyInput {
  const rules = conditions.map((when) => ({ when, use: { labels: { zone: "a" } } }));
  return { type: "rules", rules: [...rules, { use: { targets: "all" } }] };
}

/** An app with so many targets, each of which has a few sessions open. */
function newApp(count: number, strategy: StrategyInput): { readonly app: App; readonly picker: Picker } {
  const board = Board.allocate();
  const targets = Array.from({ length: count }, (_, index) => ({
    address: `10.1.${index >> 8}.${index & 255}:80`,
    zone: index % 2 === 0 ? "a" : "b",
    labels: { zone: index % 2 === 0 ? "a" : "b" },
  }));
  const config = configSchema.parse({ zone: "a", apps: [{ name: "a", ports: [5001], targets, strategy }] });
  const tables = new Tables();
  const snapshot = compileApp(config.apps[0]!, 1, {
    records: () => [],
    slots: new Slots(board, new CounterTotals()),
    ports: new PortSettler(),
    engine: () => "epoll",
    listening: literalListening,
    addresses: (host) => [host],
    certificates: () => ({ certificate: null, caCerts: [] }),
    script: () => SCRIPT,
    maxIdleConnections: 0,
    zone: config.zone,
    hashTable: (entries) => tables.hash.acquire(entries),
    access: () => null,
    limitTable: () => null,
    accessLogSample: 1,
  });
  for (const [index, { slot }] of snapshot.targets.entries()) {
    board.words[Board.word(slot, Shared.taken)] = 3 + index % 5;
  }
  const context = {
    board,
    tables: tables.memory,
    clock: systemClock,
    random: systemRandom,
    strategyFailed: (): void => {},
  };
  return { app: new App(snapshot, context), picker: new Picker(board) };
}

/** Nanoseconds a choice, the median of some turns. */
function measure(count: number, strategy: StrategyInput): number {
  const { app, picker } = newApp(count, strategy);
  const clients = Array.from(
    { length: CLIENTS },
    (_, n) => ({ ip: `198.51.${n >> 8}.${n & 255}`, port: 40_000 + n }),
  );
  const turns = Array.from({ length: TURNS }, () => {
    const startedUs = cpuUs();
    let picks = 0;
    let tookUs = 0;
    while (tookUs < TURN_US) {
      for (const client of clients) picker.pick(app, client, LISTENER, UNTRIED);
      picks += CLIENTS;
      tookUs = cpuUs() - startedUs;
    }
    return tookUs * 1000 / picks;
  });
  // Just-in-time code settles in the first ones.
  return median(turns.slice(2));
}

/** Processor time of this process: what others do on the machine is not in it. */
function cpuUs(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** Prints the table. */
export function printCosts(print: (line: string) => void): void {
  print(`| strategy | ${SIZES.map((size) => `${size} targets`).join(" | ")} |`);
  print(`| --- | ${SIZES.map(() => "---:").join(" | ")} |`);
  for (const [name, strategy] of Object.entries(MEASURED)) {
    const figures = SIZES.map((size) => `${(measure(size, strategy) / 1000).toFixed(3)} µs`);
    print(`| \`${name}\` | ${figures.join(" | ")} |`);
  }
}
