import assert from "node:assert/strict";
import { ServiceHosts } from "../../../../../src/region/fronts/dns/service_hosts.ts";

Deno.test("dns front: hosts keep their addresses for a while after they left the service", () => {
  const hosts = new ServiceHosts();
  hosts.found(["n0.web.test"]);
  assert.deepEqual(hosts.gone(new Set(["n1.web.test", "n2.web.test"]), 0, 30), []);
  assert.deepEqual(hosts.under("web.test"), ["n0.web.test", "n1.web.test", "n2.web.test"]);
  assert.deepEqual(hosts.under("eb.test"), []);
  assert.deepEqual(hosts.gone(new Set(["n2.web.test"]), 20, 30), []);
  assert.deepEqual(hosts.gone(new Set(["n2.web.test"]), 30, 30), ["n0.web.test"]);
  // Until it is done it is told again.
  assert.deepEqual(hosts.gone(new Set(["n2.web.test"]), 40, 30), ["n0.web.test"]);
  hosts.forget(["n0.web.test"]);
  // One that comes back stays.
  assert.deepEqual(hosts.gone(new Set(["n1.web.test", "n2.web.test"]), 45, 30), []);
  assert.deepEqual(hosts.gone(new Set(["n1.web.test"]), 100, 30), []);
});
