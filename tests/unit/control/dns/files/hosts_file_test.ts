import assert from "node:assert/strict";
import { knownAddresses, parseHosts } from "../../../../../src/control/dns/files/hosts_file.ts";

const TEXT = [
  "# a comment",
  "127.0.0.1\tlocalhost   Web.Example web # behind",
  "::1 localhost ip6-localhost",
  "FD00::0:7 db_1",
  "10.0.0.7 db_1 db_1",
  "fe80::1%eth0 zoned",
  "10.0.0.300 broken",
  "10.0.0.9",
  "",
  "#10.0.0.1 hidden",
].join("\n");

Deno.test("hosts file: every address of a name, in order, in one form", () => {
  assert.deepEqual(Object.fromEntries(parseHosts(TEXT)), {
    "localhost": ["127.0.0.1", "::1"],
    "web.example": ["127.0.0.1"],
    "web": ["127.0.0.1"],
    "ip6-localhost": ["::1"],
    "db_1": ["fd00::7", "10.0.0.7"],
  });
  assert.equal(parseHosts("10.0.0.1 windows.example\r\n").has("windows.example"), true);
  assert.equal(parseHosts("").size, 0);
});

Deno.test("localhost is this machine, as its hosts file says where it does", () => {
  const hosts = parseHosts("127.0.0.5 localhost\n10.0.0.1 api.localhost");
  assert.deepEqual(knownAddresses("localhost.", hosts), ["127.0.0.5"]);
  assert.deepEqual(knownAddresses("a.b.localhost", hosts), ["127.0.0.5"]);
  assert.deepEqual(knownAddresses("api.localhost", hosts), ["10.0.0.1"]);
  assert.deepEqual(knownAddresses("localhost", new Map()), ["127.0.0.1", "::1"]);
  assert.deepEqual(knownAddresses("localhost.example", hosts), []);
});
