import assert from "node:assert/strict";
import { findPrograms, findVersion, FOREIGN_PROGRAMS, missingMessage } from "../../../bench/programs.ts";

Deno.test("versions are found in the greetings of all programs", () => {
  assert.equal(findVersion("HAProxy version 2.6.12-1+deb12u4 2026/10/17"), "2.6.12-1+deb12u4");
  assert.equal(findVersion("nginx version: nginx/1.22.1"), "1.22.1");
  assert.equal(findVersion("wrk debian/4.1.0-3+b2 [epoll] Copyright"), "4.1.0-3+b2");
  assert.equal(findVersion("taskset from util-linux 2.38.1"), "2.38.1");
  assert.equal(findVersion("no digits"), "unknown");
});

Deno.test("missing programs are named with the packages that bring them", () => {
  const missing = FOREIGN_PROGRAMS.filter((program) => ["haproxy", "nginx"].includes(program.command));
  assert.equal(
    missingMessage(missing),
    "missing: haproxy, nginx. Install with\n  apt-get install -y haproxy nginx-light libnginx-mod-stream",
  );
});

Deno.test("a program that is not installed is found missing", () => {
  const absent = { command: "fproxy-bench-absent", versionArgs: [], packages: ["absent-package"] };
  assert.throws(() => findPrograms([absent]), /missing: fproxy-bench-absent.*\n.*absent-package/);
});
