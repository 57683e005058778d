import assert from "node:assert/strict";
import { parseResolvConf } from "../../../../../src/control/dns/files/resolv_conf.ts";

Deno.test("resolv.conf: servers in their order, three at most, and ndots", () => {
  const text = [
    "# nameserver 10.0.0.9",
    "; a comment",
    "domain early.example",
    "search A.example b.example. .",
    "nameserver 10.0.0.1",
    "\tnameserver   FD00::0:1  # behind",
    "nameserver fe80::1%eth0",
    "nameserver not-an-address",
    "nameserver",
    "nameserver 10.0.0.2",
    "nameserver 10.0.0.3",
    "options timeout:1 ndots:5 rotate",
  ].join("\n");
  assert.deepEqual(parseResolvConf(text), {
    servers: [{ ip: "10.0.0.1", port: 53 }, { ip: "fd00::1", port: 53 }, { ip: "10.0.0.2", port: 53 }],
    ndots: 5,
    search: ["a.example", "b.example"],
  });
});

Deno.test("resolv.conf: a server at any address is this machine", () => {
  assert.deepEqual(parseResolvConf("nameserver 0.0.0.0\nnameserver ::").servers.map(({ ip }) => ip), [
    "127.0.0.1",
    "::1",
  ]);
});

Deno.test("resolv.conf: what it does not say is as the system has it", () => {
  assert.deepEqual(parseResolvConf(""), { servers: [{ ip: "127.0.0.1", port: 53 }], ndots: 1, search: [] });
  assert.equal(parseResolvConf("options ndots:99").ndots, 15);
  assert.equal(parseResolvConf("options ndots:x ndots:").ndots, 1);
});
