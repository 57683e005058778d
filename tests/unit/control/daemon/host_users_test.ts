import assert from "node:assert/strict";
import { findHostUsers, usersOf } from "../../../../src/control/daemon/host_users.ts";
import { parseApps } from "../../../kit/configs.ts";

Deno.test("the apps of a host, and of several hosts each once", () => {
  const app = (name: string, ...targets: string[]) => ({ name, ports: [`127.0.0.1:0`], targets });
  const apps = parseApps(
    app("one", "a.example:1", "b.example:1"),
    app("two", "b.example:2", "b.example:3", "10.0.0.1:1"),
    app("three", "c.example:1"),
  );
  const users = findHostUsers([...apps.values()]);
  assert.deepEqual([...users.keys()], ["a.example", "b.example", "10.0.0.1", "c.example"]);
  assert.deepEqual(usersOf(["b.example"], users), ["one", "two"]);
  assert.deepEqual(usersOf(["a.example", "b.example", "unknown.example"], users), ["one", "two"]);
  assert.deepEqual(usersOf([], users), []);
});
