import { AccessTable, accessTableBytes, type AccessTableRef } from "../../../model/access_table.ts";
import { type AccessConfig, sourceOf } from "../../../model/config_access.ts";
import { accessBounds } from "../../access/access_bounds.ts";
import type { AccessFiles } from "../../access/access_file.ts";
import { accessRules } from "../../access/app_access.ts";
import type { TableMemory } from "./table_memory.ts";

/** The access tables of all apps. Apps with the same rules and lists share one. */
export class AccessTables {
  constructor(private readonly memory: TableMemory) {}

  /**
   * The table for these rules, made where there is none.
   * @param files what the lists hold that the rules name.
   * @returns null where everybody is allowed.
   * @throws {FproxyError} as `TableMemory.add`.
   */
  acquire(access: AccessConfig | undefined, files: AccessFiles): AccessTableRef | null {
    if (access === undefined || (access.default === "allow" && access.rules.length === 0)) return null;
    const rules = access.rules.map((rule) => {
      const source = sourceOf(rule);
      return [rule.allow !== undefined, files.get(source)?.hash ?? source];
    });
    const content = `access ${JSON.stringify([access.default, rules])}`;
    const known = this.memory.find(content) as AccessTableRef | undefined;
    if (known !== undefined) return known;
    const bounds = accessBounds(accessRules(access, files), access.default === "allow");
    return this.memory.add(content, accessTableBytes(bounds), (at) => {
      const { ipv4, ipv6, allowsFirst } = bounds;
      const ref = { ...at, ipv4: ipv4.length, ipv6: ipv6.length / 4, allowsFirst };
      new AccessTable(this.memory.memory, ref).fill(bounds);
      return ref;
    }, "an access list");
  }
}
