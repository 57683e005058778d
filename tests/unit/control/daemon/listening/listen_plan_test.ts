import assert from "node:assert/strict";
import type { ListenName } from "../../../../../src/control/daemon/listening/listen_names.ts";
import { literalListening, planListening } from "../../../../../src/control/daemon/listening/listen_plan.ts";
import type { AppConfig } from "../../../../../src/model/config.ts";
import { parseApps } from "../../../../kit/configs.ts";

function appsOf(ports: Readonly<Record<string, readonly (string | number)[]>>): AppConfig[] {
  const apps = Object.entries(ports).map(([name, own]) => ({
    name,
    ports: [...own],
    targets: ["10.0.0.1:80"],
  }));
  return [...parseApps(...apps).values()];
}

/** What every name is. */
function always(...ips: string[]): () => ListenName {
  return () => ({ ips, failure: null });
}

/** Keys by app; what an app cannot have is its message. */
function planned(
  apps: readonly AppConfig[],
  nameOf: (key: string) => ListenName,
  held: Readonly<Record<string, string>> = {},
): Record<string, string[]> {
  const plan = planListening(apps, nameOf, () => new Map(Object.entries(held)));
  return Object.fromEntries(apps.map((app) => {
    const { entries, problems } = plan.get(app.name) ?? literalListening(app);
    const keys = entries.flatMap(({ listeners }) => listeners.map(({ key }) => key));
    return [app.name, [...keys, ...problems.map(({ message }) => message)]];
  }));
}

Deno.test("a name is all of its addresses, under keys that an address of its own would have", () => {
  const apps = appsOf({ a: ["web.example:80", 81], b: [82] });
  assert.deepEqual(planned(apps, always("127.0.0.1", "::1")), {
    a: ["127.0.0.1:80", "[::1]:80", "0.0.0.0:81"],
    b: ["0.0.0.0:82"],
  });
  const [entry] = planListening(apps, always("::1"), () => new Map()).get("a")?.entries ?? [];
  assert.deepEqual(entry, {
    configured: "web.example:80",
    port: 80,
    listeners: [{ key: "[::1]:80", ip: "::1" }],
  });
});

Deno.test("a port of the system's choice is one for all addresses of its name", () => {
  const plan = planListening(appsOf({ a: ["web.example:0"] }), always("127.0.0.1", "::1"), () => new Map());
  assert.deepEqual(plan.get("a")?.entries, [{
    configured: "web.example:0#a.0",
    port: 0,
    listeners: [{ key: "127.0.0.1:0#a.0", ip: "127.0.0.1" }, { key: "[::1]:0#a.0", ip: "::1" }],
  }]);
});

Deno.test("apps without names that nobody is in the way of are not planned, and nobody is asked for holders", () => {
  const never = (): never => assert.fail("asked");
  assert.equal(planListening(appsOf({ a: [80], b: ["127.0.0.1:81"] }), never, never).size, 0);
  const plan = planListening(appsOf({ a: [80], b: ["web.example:81"] }), always("::1"), () => new Map());
  assert.deepEqual([...plan.keys()], ["b"]);
});

Deno.test("an address goes to who says it, before who has it by a name, whatever the order", () => {
  const lost = (address: string, by: string): string => `Cannot listen on ${address}: app ${by}`;
  assert.deepEqual(
    planned(appsOf({ a: ["web.example:80"], b: ["127.0.0.1:80"] }), always("127.0.0.1", "::1")),
    {
      a: ["[::1]:80", lost("127.0.0.1:80", '"b" listens there')],
      b: ["127.0.0.1:80"],
    },
  );
  assert.deepEqual(planned(appsOf({ a: ["web.example:80"], b: [80] }), always("127.0.0.1")), {
    a: [lost("127.0.0.1:80", '"b" listens there (as 0.0.0.0:80)')],
    b: ["0.0.0.0:80"],
  });
  assert.deepEqual(planned(appsOf({ a: ["one.example:80"], b: ["two.example:80"] }), always("::1")), {
    a: ["[::1]:80"],
    b: [lost("[::1]:80", '"a" listens there (as one.example:80)')],
  });
});

Deno.test("who listens on an address goes on, whoever comes to want it", () => {
  const apps = appsOf({ b: ["127.0.0.1:80"], a: ["web.example:80"] });
  assert.deepEqual(planned(apps, always("127.0.0.1"), { "127.0.0.1:80": "a" }), {
    a: ["127.0.0.1:80"],
    b: ['Cannot listen on 127.0.0.1:80: app "a" listens there (as web.example:80)'],
  });
});

Deno.test("an app is not in its own way", () => {
  const apps = appsOf({ a: ["127.0.0.1:80", "one.example:80", "two.example:80"] });
  assert.deepEqual(planned(apps, always("127.0.0.1", "::1")), { a: ["127.0.0.1:80", "[::1]:80"] });
});

Deno.test("a name without an address is the app's problem alone", () => {
  const failure = { code: "unresolved", message: "no such name" } as const;
  const apps = appsOf({ a: ["web.example:80", 81], b: [80] });
  assert.deepEqual(planned(apps, () => ({ ips: [], failure })), {
    a: ["0.0.0.0:81", "no such name"],
    b: ["0.0.0.0:80"],
  });
});
