import assert from "node:assert/strict";
import { formatAdminAddress, parseAdminAddress } from "../../../../src/cli/admin/admin_address.ts";

Deno.test("an admin address is a host and a port, with TLS or without, or a unix socket", () => {
  const cases = {
    "127.0.0.1:9901": { host: "127.0.0.1", port: 9901 },
    "http://proxy.example:9901/": { host: "proxy.example", port: 9901 },
    "https://[::1]:9901": { host: "::1", port: 9901, tls: true },
    "unix:/run/fproxy.sock": { path: "/run/fproxy.sock" },
  };
  for (const [text, address] of Object.entries(cases)) {
    assert.deepEqual(parseAdminAddress(text), address);
    assert.deepEqual(parseAdminAddress(formatAdminAddress(address)), address);
  }
  for (const text of ["nowhere", "unix:", "unix:/run/", "ftp://a:1", "https://a", "a:0"]) {
    assert.throws(() => parseAdminAddress(text), RangeError, text);
  }
});
