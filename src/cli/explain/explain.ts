import { systemRandom } from "../../base/random.ts";
import { type AccessFiles, readAccessFile } from "../../control/access/access_file.ts";
import { accessPaths } from "../../control/access/app_access.ts";
import { compileApp } from "../../control/daemon/compile.ts";
import { literalListening } from "../../control/daemon/listening/listen_plan.ts";
import { Slots } from "../../control/daemon/slots.ts";
import { Tables } from "../../control/daemon/tables/tables.ts";
import { readTextFile } from "../../control/files/read_text_file.ts";
import { scriptPath } from "../../control/scripts/app_scripts.ts";
import { prepareScript, readScript } from "../../control/scripts/script_file.ts";
import { CounterTotals } from "../../control/telemetry/counter_totals.ts";
import { App } from "../../data/app.ts";
import { Picker } from "../../data/picker.ts";
import type { SocketAddress } from "../../model/address.ts";
import { Board } from "../../model/board.ts";
import type { AppConfig, Config } from "../../model/config.ts";
import type { AppSnapshot, RuleSnapshot, ScriptSnapshot } from "../../model/snapshot.ts";
import { DENIED } from "../../strategy/mod.ts";
import { compileExpression } from "../../strategy/rules/compile_expression.ts";
import { RuleFailure } from "../../strategy/rules/rule_failure.ts";
import { RuleScope } from "../../strategy/rules/rule_scope.ts";
import { type AskedClient, AskedView, PLAIN_REQUEST } from "./asked_client.ts";
import type { Chosen } from "./chosen.ts";
import { type ExplainedRule, explainRules } from "./explain_rules.ts";
import { type ExplainedTarget, explainTargets } from "./explain_targets.ts";

/** What a client would get, and why nothing else. */
export interface Explanation {
  readonly app: string;
  readonly listener: SocketAddress;
  /** Whether it would be turned away by a rule. */
  readonly isDenied: boolean;
  /** The access rules do so: no strategy is asked. */
  readonly isDeniedByAccess: boolean;
  /** The target that it would get, null for none. */
  readonly target: string | null;
  /** How the app's script failed, so that round robin chose; null where it did not. */
  readonly scriptFailure: string | null;
  /** Empty where the app has no rules. */
  readonly rules: readonly ExplainedRule[];
  readonly targets: readonly ExplainedTarget[];
}

/**
 * What a client would get from an app whose targets are all well and idle: the choice is made by what data threads choose
 * by.
 * @throws {RangeError} when the question does not fit the app.
 */
export function explain({ apps, zone }: Config, asked: AskedClient): Explanation {
  const config = appOf(apps, asked.app);
  const isHttp = config.mode === "http";
  if (!isHttp && asked.request !== undefined) {
    throw new RangeError(`the app ${config.name} is in mode tcp, which knows no requests`);
  }
  const listener = listenerOf(config, asked.listener);
  const http = isHttp ? new AskedView(asked.request ?? PLAIN_REQUEST) : null;
  const board = Board.allocate();
  const tables = new Tables();
  const snapshot = compiled(config, zone, board, tables);
  let ruleSlot: number | null = null;
  let scriptFailure: string | null = null;
  const app = new App(snapshot, {
    board,
    tables: tables.memory,
    clock: { wallTime: () => asked.wallTimeMs },
    random: systemRandom,
    rules: {
      took: (slot) => void (ruleSlot = slot),
      failed: () => {},
    },
    strategyFailed: (_app, describe) => void (scriptFailure = describe()),
  });
  if (app.gate?.allows(asked.client) === false) return deniedAtOnce(config, listener);
  const picker = new Picker(board);
  const index = picker.pick(app, asked.client, listener, [], http);
  const scope = new RuleScope({ wallTime: () => asked.wallTimeMs, available: () => app.available }).of(
    picker,
  );
  const holds = ({ when }: RuleSnapshot): boolean | RuleFailure => {
    const found = when === null ? true : compileExpression(when)(scope);
    return found instanceof RuleFailure ? found : found === true;
  };
  const chosen: Chosen = { index, ruleSlot, holds };
  return {
    app: config.name,
    listener,
    isDenied: index === DENIED,
    isDeniedByAccess: false,
    target: snapshot.targets[index]?.key ?? null,
    scriptFailure,
    rules: explainRules(config, snapshot, chosen),
    targets: explainTargets(snapshot, chosen),
  };
}

/** Of a client that the access rules deny: no strategy is asked. */
function deniedAtOnce({ name }: AppConfig, listener: SocketAddress): Explanation {
  const nothing = { target: null, scriptFailure: null, rules: [], targets: [] };
  return { app: name, listener, isDenied: true, isDeniedByAccess: true, ...nothing };
}

function appOf(apps: readonly AppConfig[], name: string | undefined): AppConfig {
  const names = apps.map((app) => app.name).join(", ");
  const found = name === undefined && apps.length === 1 ? apps[0] : apps.find((app) => app.name === name);
  if (found !== undefined) return found;
  throw new RangeError(
    name === undefined ? `say which app with --app: ${names}` : `there is no app ${name}: ${names}`,
  );
}

function listenerOf({ name, ports }: AppConfig, asked: SocketAddress | undefined): SocketAddress {
  const listeners = ports.map(({ host, port }) => ({ ip: host, port }));
  const found = asked === undefined
    ? listeners[0]
    : listeners.find(({ ip, port }) => ip === asked.ip && port === asked.port);
  if (found !== undefined) return found;
  throw new RangeError(`the app ${name} does not listen there`);
}

/** The app's script as it is now. @throws {RangeError} where that cannot be used. */
function scriptOf({ strategy }: AppConfig): ScriptSnapshot | null {
  const path = scriptPath(strategy);
  if (path === null) return null;
  const found = readScript(path, readTextFile);
  const result = found.ok ? prepareScript(found.value) : found;
  if (!result.ok) throw new RangeError(result.problems.map(({ message }) => message).join("; "));
  return result.value;
}

/** The lists of the app's access rules as they are now. @throws {RangeError} where one cannot be used. */
function listsOf(app: AppConfig): AccessFiles {
  return new Map(
    accessPaths(app).map((path) => {
      const result = readAccessFile(path, readTextFile);
      if (!result.ok) throw new RangeError(result.problems.map(({ message }) => message).join("; "));
      return [path, result.value];
    }),
  );
}

/** As if each name had an address. */
function compiled(app: AppConfig, zone: string, board: Board, tables: Tables): AppSnapshot {
  return compileApp(app, 1, {
    slots: new Slots(board, new CounterTotals()),
    ports: { settle: ({ port }) => port },
    engine: () => "deno",
    listening: literalListening,
    certificates: () => ({ certificate: null, caCerts: [] }),
    maxIdleConnections: 0,
    zone,
    accessLogSample: 0,
    script: scriptOf,
    addresses: (host) => [host],
    records: (service) => [{ host: service, port: 0, priority: 0, weight: 1 }],
    hashTable: (entries) => tables.hash.acquire(entries),
    access: (one) => tables.access.acquire(one.access, listsOf(one)),
    limitTable: () => null,
  });
}
