import type { AppConfig, Config } from "../../model/config.ts";
import type { AppSnapshot } from "../../model/snapshot.ts";
import type { HealthChecks } from "../availability/health_checks.ts";
import type { Resolver } from "../dns/resolver.ts";
import type { AppFiles, FileContents } from "./app_files.ts";
import { compileApp, type CompileContext } from "./compile.ts";
import type { EngineChoice } from "./engine_choice.ts";
import type { Listening } from "./listening/listening.ts";
import type { PortSettler } from "./listening/port_settler.ts";
import type { Prepared } from "./preparation.ts";
import { recordedShare } from "./shared_settings.ts";
import type { Slots } from "./slots.ts";
import type { Tables } from "./tables/tables.ts";

/** What an {@link AppCompiler} draws on. */
export interface AppCompilerOptions {
  readonly slots: Slots;
  readonly ports: PortSettler;
  readonly tables: Tables;
  readonly engines: EngineChoice;
  readonly files: AppFiles;
  readonly listening: Listening;
  readonly resolver: Resolver;
  readonly health: Pick<HealthChecks, "agentOf">;
}

/** Parts of a {@link CompileContext} that depend on what for is compiled. */
type Surroundings =
  & Pick<CompileContext, "certificates" | "script" | "listening" | "maxIdleConnections" | "ports">
  & TableContext;

/** What gives apps their tables. */
type TableContext = Pick<CompileContext, "hashTable" | "access" | "limitTable">;

/** Gives none. */
const NO_TABLES: TableContext = { hashTable: () => null, access: () => null, limitTable: () => null };

/** Compiles apps all or none: what a failure had acquired is given back. */
export class AppCompiler {
  constructor(private readonly options: AppCompilerOptions) {}

  /** For a config that is taken over next. @throws {FproxyError} when there is no room for it, or no engine. */
  compile(names: Iterable<string>, revision: number, prepared: Prepared): AppSnapshot[] {
    const apps = this.#giveBackUnless(() =>
      this.#compile(names, revision, prepared, {
        ...this.#preparedParts(prepared),
        ...this.#tables(this.options.files.contents(prepared.files)),
        ports: this.options.ports,
      })
    );
    this.options.slots.keep();
    return apps;
  }

  /** As the config in force and its surroundings are now. @param running that config. */
  compileAgain(name: string, revision: number, running: Prepared): AppSnapshot | undefined {
    const { files, listening, ports, slots } = this.options;
    const contents = files.contents();
    const [app] = this.#giveBackUnless(() =>
      this.#compile([name], revision, running, {
        ...contents,
        ...this.#tables(contents),
        listening: (app) => listening.of(app),
        maxIdleConnections: running.maxIdle,
        ports,
      })
    );
    slots.keep();
    return app;
  }

  /**
   * Only to see what would come of it: nothing is taken. Slots and ports in the result mean nothing, and it has no tables.
   * @throws {FproxyError} as {@link compile}.
   */
  tryOut(names: Iterable<string>, prepared: Prepared): AppSnapshot[] {
    try {
      return this.#compile(names, 0, prepared, {
        ...this.#preparedParts(prepared),
        ...NO_TABLES,
        ports: { settle: ({ port }) => port },
      });
    } finally {
      this.options.slots.giveBack();
    }
  }

  #preparedParts({ files, listenPlan, maxIdle }: Prepared): Omit<Surroundings, "ports" | keyof TableContext> {
    return {
      ...this.options.files.contents(files),
      listening: (app) => this.options.listening.of(app, listenPlan),
      maxIdleConnections: maxIdle,
    };
  }

  #tables({ lists }: FileContents): TableContext {
    const { hash, access, limits } = this.options.tables;
    return {
      hashTable: (entries) => hash.acquire(entries),
      access: (app) => access.acquire(app.access, lists(app)),
      limitTable: (app, slot, { entries, ipv6Prefix }) => limits.acquire(app, slot, entries, ipv6Prefix),
    };
  }

  #compile(
    names: Iterable<string>,
    revision: number,
    { apps, config }: Pick<Prepared, "apps" | "config">,
    surroundings: Surroundings,
  ): AppSnapshot[] {
    const context = this.#context(config, surroundings);
    return [...names].flatMap((name) => {
      const app = apps.get(name);
      return app === undefined ? [] : [compileApp(app, revision, context)];
    });
  }

  #context(config: Config, surroundings: Surroundings): CompileContext {
    const { slots, engines, resolver, health } = this.options;
    return {
      slots,
      engine: (app: AppConfig) => engines.choose(app, config),
      addresses: (host) => resolver.addresses(host),
      records: (service) => resolver.records(service),
      maxConnections: (app, target) => health.agentOf(app, target)?.maxConnections ?? null,
      zone: config.zone,
      accessLogSample: recordedShare(config),
      ...surroundings,
    };
  }

  #giveBackUnless(compile: () => AppSnapshot[]): AppSnapshot[] {
    try {
      return compile();
    } catch (error) {
      this.options.slots.giveBack();
      throw error;
    }
  }
}
