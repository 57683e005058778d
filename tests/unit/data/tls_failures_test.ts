import assert from "node:assert/strict";
import { NetError } from "../../../src/base/errors.ts";
import { CLIENT_TLS_LOG_INTERVAL_MS } from "../../../src/base/limits.ts";
import { LogThrottle } from "../../../src/data/log_throttle.ts";
import { TlsFailures } from "../../../src/data/tls_failures.ts";
import { Board } from "../../../src/model/board.ts";
import type { Report } from "../../../src/model/messages.ts";
import { FakeClock } from "../../kit/fake_clock.ts";
import { listener } from "../../kit/snapshots.ts";

Deno.test("why TLS with clients fails is warned of once a minute for each listener, over all threads", () => {
  const clock = new FakeClock();
  const { words } = Board.allocate();
  const reports: Report[] = [];
  const [one, other] = [0, 1].map(() =>
    new TlsFailures(new LogThrottle(words), clock, (report) => reports.push(report))
  );
  const [a, b] = [listener(5001), listener(5002)];
  const fail = (thread: TlsFailures | undefined, where: typeof a, error: string): void =>
    thread?.ofClient("web", where, new NetError("tls", error, "client"));
  fail(one, a, "first");
  clock.advance(1);
  fail(other, b, "another listener");
  clock.advance(CLIENT_TLS_LOG_INTERVAL_MS - 2);
  fail(other, a, "too soon");
  clock.advance(1);
  fail(other, a, "second");
  const told = ({ key }: typeof a, error: string): Report => ({
    type: "log",
    level: "warn",
    event: "client_tls_failed",
    fields: { app: "web", listener: key, error },
  });
  assert.deepEqual(reports, [told(a, "first"), told(b, "another listener"), told(a, "second")]);
});
