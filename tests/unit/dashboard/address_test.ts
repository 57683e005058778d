import assert from "node:assert/strict";
import { type Page, readAddress, writeAddress } from "../../../src/dashboard/pure/address.ts";

const PAGES: readonly Page[] = [
  { type: "overview" },
  { type: "app", app: "web" },
  { type: "app", app: "a/b ?#%&ü" },
  { type: "rollouts" },
  { type: "rollout", number: 12 },
  { type: "config" },
  { type: "region" },
  { type: "why", id: "3-17/2" },
];

Deno.test("address: every page, with what was chosen, comes back as it was", () => {
  for (const page of PAGES) {
    const query = { tab: "access", target: "http://[::1]:80/x?y=1&z", empty: "" };
    const { page: found, query: chosen } = readAddress(writeAddress(page, query));
    assert.deepEqual(found, page);
    assert.deepEqual(chosen, { tab: "access", target: "http://[::1]:80/x?y=1&z" });
  }
});

Deno.test("address: what is no page is said to be unknown, and a bad escape breaks nothing", () => {
  for (const hash of ["#/nothing", "#/apps", "#/apps/a/b", "#/rollouts/x", "#/config/1", "#/region/1"]) {
    assert.equal(readAddress(hash).page.type, "unknown", hash);
  }
  assert.deepEqual(readAddress("#/apps/%E0%A4%A").page, { type: "app", app: "%E0%A4%A" });
  for (const hash of ["", "#", "#/", "#/?sort=name"]) assert.equal(readAddress(hash).page.type, "overview");
});
