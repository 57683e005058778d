import { type Random, systemRandom } from "../../../base/random.ts";
import type { AppSnapshot } from "../../../model/snapshot.ts";
import { HashTables, hashTableVersions } from "../hash_tables.ts";
import { AccessTables } from "./access_tables.ts";
import { LimitTables } from "./limit_tables.ts";
import { TableMemory } from "./table_memory.ts";

/** What the tables of an app are found by. */
type TableUser = Pick<AppSnapshot, "strategy" | "access" | "limits">;

/** All tables that data threads read, in one memory. */
export class Tables {
  readonly hash: HashTables;
  readonly access: AccessTables;
  readonly limits: LimitTables;
  readonly #memory: TableMemory;

  /** @param bytes of all tables together. */
  constructor(bytes?: number, random: Random = systemRandom) {
    this.#memory = new TableMemory(bytes);
    this.hash = new HashTables(this.#memory);
    this.access = new AccessTables(this.#memory);
    this.limits = new LimitTables(this.#memory, random);
  }

  /** The memory, to be sent to data threads. */
  get memory(): SharedArrayBuffer {
    return this.#memory.memory;
  }

  /** Gives up all tables but those of these apps. @param stage of the fleet, at which the others are gone. */
  keepOnly(apps: Iterable<TableUser>, stage: number): void {
    this.#memory.keepOnly(() => new Set([...apps].flatMap(versionsOf)), stage);
  }

  /** Frees what was given up. @param oldest the oldest stage that some thread still works from. @returns what is left. */
  sweep(oldest: number): number {
    return this.#memory.sweep(oldest);
  }
}

function versionsOf({ strategy, access, limits }: TableUser): number[] {
  return [
    ...hashTableVersions(strategy),
    ...(access === null ? [] : [access.version]),
    ...(limits === null ? [] : [limits.table.version]),
  ];
}
