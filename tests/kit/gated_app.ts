import { accessBounds } from "../../src/control/access/access_bounds.ts";
import { packRanges } from "../../src/control/access/address_ranges.ts";
import { readCidrRange } from "../../src/control/cel/cidr_range.ts";
import { AccessTable, type AccessTableRef } from "../../src/model/access_table.ts";
import { LimitTable, type LimitTableRef } from "../../src/model/limit_table.ts";
import type { LimitPolicy } from "../../src/model/snapshot.ts";

/** Clients that the limit table has room for. */
const ENTRIES = 100;
/** Where the limit table is. */
const LIMITS_OFFSET = 32 * 1024;

/** Memory with one access table and one limit table, for apps of tests. */
export class GateTables {
  readonly memory = new SharedArrayBuffer(64 * 1024);
  readonly #limits: LimitTableRef = { offset: LIMITS_OFFSET, version: 1, entries: ENTRIES };

  constructor() {
    this.table.begin(1);
  }

  /** What is known of clients. */
  get table(): LimitTable {
    return new LimitTable(this.memory, this.#limits);
  }

  /** Access that is denied to these ranges, and to nobody else. The last call counts. */
  denying(...ranges: readonly string[]): AccessTableRef {
    const rules = [{ isAllowed: false, ranges: packRanges(ranges.map(readCidrRange)) }];
    const bounds = accessBounds(rules, true);
    const { ipv4, ipv6, allowsFirst } = bounds;
    const ref = { offset: 0, version: 1, ipv4: ipv4.length, ipv6: ipv6.length / 4, allowsFirst };
    new AccessTable(this.memory, ref).fill(bounds);
    return ref;
  }

  /** These limits; nothing else is limited. */
  limits(changes: Partial<LimitPolicy>): LimitPolicy {
    return {
      table: this.#limits,
      rate: null,
      clientConnections: 0,
      clientRate: null,
      ipv6Prefix: 64,
      dryRun: false,
      ...changes,
    };
  }
}
