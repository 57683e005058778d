import assert from "node:assert/strict";
import { loadDocument } from "../../../../src/region/model/documents.ts";

/** Most bytes that an app may add to what a node tells each time. */
const MOST_BYTES = 100;
const APPS = 500;

Deno.test("region: what a node tells of its load is small, for each app", () => {
  const name = (at: number): string => `a-name-of-thirty-two-characters-${at % 10}`;
  const counts = (at: number): [number, number, number, number] => [at, 1e9 + at, 1e10 + at, 1e6 + at];
  const tell = (apps: number): number =>
    JSON.stringify(loadDocument.parse({
      format: 1,
      cpu: 1 / 3,
      apps: Object.fromEntries(Array.from({ length: apps }, (_, at) => [`${name(at)}${at}`, counts(at)])),
    })).length;
  const perApp = (tell(APPS) - tell(0)) / APPS;
  assert.ok(perApp <= MOST_BYTES, `${perApp} bytes an app`);
});
