import assert from "node:assert/strict";
import { METRICS } from "../../../../../src/control/telemetry/metrics/mod.ts";

const PAGE = new URL("../../../../../docs/metrics.md", import.meta.url);
/** What clients choose, or what has no bound. */
const FORBIDDEN = ["path", "host", "client", "client_ip", "method", "url", "id"];

Deno.test("names are unique and as Prometheus wants them", () => {
  const names = METRICS.map(({ name }) => name);
  assert.equal(new Set(names).size, names.length);
  for (const { name, type, help } of METRICS) {
    assert.match(name, /^(?:fproxy|process)_[a-z_]+$/);
    assert.equal(name.endsWith("_total"), type === "counter", name);
    if (type === "histogram") assert.match(name, /_seconds$/);
    assert.match(help, /^[A-Z1].*\.$/, name);
  }
});

Deno.test("no label is a client's", () => {
  for (const { name, labels } of METRICS) {
    assert.deepEqual(labels.filter((label) => FORBIDDEN.includes(label)), [], name);
  }
});

Deno.test("docs/metrics.md lists every metric, and none that is not", async () => {
  const rows = (await Deno.readTextFile(PAGE)).split("\n").filter((line) =>
    /^\| `(?:fproxy|process)_/.test(line)
  );
  const cells = rows.map((row) => row.split("|").slice(1, -1).map((cell) => cell.trim()));
  const listed = METRICS.map(({ name, type, labels, help }) => [
    `\`${name}\``,
    type,
    labels.map((label) => `\`${label}\``).join(", "),
    help,
  ]);
  const sorted = (table: readonly string[][]): string[] => table.map((row) => row.join(" | ")).toSorted();
  assert.deepEqual(sorted(cells), sorted(listed));
});
