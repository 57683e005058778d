import type { Clock } from "../../../base/clock.ts";
import type { Random } from "../../../base/random.ts";
import { LimitTable, limitTableBytes, type LimitTableRef } from "../../../model/limit_table.ts";
import type { AppSnapshot } from "../../../model/snapshot.ts";
import type { TableMemory } from "./table_memory.ts";

/** A thread that holds a table's lock for this long after another one died is the one that died. */
const BROKEN_LOCK_MS = 1_000;

/** The limit tables of all apps: each app has its own, also over rollouts. */
export class LimitTables {
  constructor(private readonly memory: TableMemory, private readonly random: Random) {}

  /**
   * The table of an app, made where there is none.
   * @param slot of the app.
   * @param entries clients that it is to have room for.
   * @param ipv6Prefix bits that tell clients apart: with others all are others.
   * @throws {FproxyError} as `TableMemory.add`.
   */
  acquire(app: string, slot: number, entries: number, ipv6Prefix: number): LimitTableRef {
    const content = `limits ${JSON.stringify([app, slot, entries, ipv6Prefix])}`;
    const known = this.memory.find(content) as LimitTableRef | undefined;
    if (known !== undefined) return known;
    return this.memory.add(content, limitTableBytes(entries), (at) => {
      const ref = { ...at, entries };
      this.open(ref).begin(this.random() * 2 ** 32);
      return ref;
    }, `limits for ${entries} clients`);
  }

  /** A table, to look at. */
  open(ref: LimitTableRef): LimitTable {
    return new LimitTable(this.memory.memory, ref);
  }

  /**
   * A thread has died: nobody gives back what its connections took. So the open connections of clients are counted anew,
   * and a lock with which it died is broken.
   */
  repair(apps: Iterable<Pick<AppSnapshot, "limits">>, clock: Pick<Clock, "timer">): void {
    for (const { limits } of apps) {
      if (limits === null) continue;
      const table = this.open(limits.table);
      const { holder } = table;
      table.forgetOpen();
      if (holder === null) continue;
      clock.timer(BROKEN_LOCK_MS, () => {
        if (table.holder === holder) table.breakLock();
      });
    }
  }
}
