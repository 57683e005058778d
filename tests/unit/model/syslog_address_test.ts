import assert from "node:assert/strict";
import { formatSyslogAddress, parseSyslogAddress } from "../../../src/model/syslog_address.ts";

Deno.test("addresses of syslog receivers are a unix socket, or a host by UDP or TCP", () => {
  assert.deepEqual(parseSyslogAddress("unix:/dev/log"), { transport: "unix", path: "/dev/log" });
  assert.deepEqual(parseSyslogAddress("udp://logs.example"), {
    transport: "udp",
    host: "logs.example",
    port: 514,
  });
  assert.deepEqual(parseSyslogAddress("tcp://10.0.0.9"), { transport: "tcp", host: "10.0.0.9", port: 601 });
  assert.deepEqual(parseSyslogAddress("tcp://[::1]:6514"), { transport: "tcp", host: "::1", port: 6514 });
  assert.deepEqual(parseSyslogAddress("udp://[::1]"), { transport: "udp", host: "::1", port: 514 });
});

Deno.test("an address is written as it is read", () => {
  for (const text of ["unix:/dev/log", "udp://logs.example:514", "tcp://[::1]:601"]) {
    assert.equal(formatSyslogAddress(parseSyslogAddress(text)), text);
  }
});

Deno.test("other addresses are refused, with what is allowed", () => {
  const wrong = [
    "",
    "/dev/log",
    "unix:",
    "unix:log",
    "unix:/run/",
    "tls://x:1",
    "udp://",
    "udp://x/y",
    "tcp://x:0",
  ];
  for (const text of [...wrong, "udp://x:99999", "tcp://u@x"]) {
    assert.throws(() => parseSyslogAddress(text), RangeError, text);
  }
  assert.throws(() => parseSyslogAddress("log.example:514"), /write "unix:\/dev\/log", "udp:/);
});
