import assert from "node:assert/strict";
import { systemClock } from "../../../../src/base/clock.ts";
import { Daemon } from "../../../../src/control/daemon/daemon.ts";
import { Resolver } from "../../../../src/control/dns/resolver.ts";
import { Board } from "../../../../src/model/board.ts";
import { parseConfig } from "../../../kit/configs.ts";
import { eventually } from "../../../kit/eventually.ts";
import { LogLines } from "../../../kit/log_lines.ts";

const DNS = {
  servers: [],
  family: "both",
  minTtlMs: 60_000,
  maxTtlMs: 60_000,
  negativeTtlMs: 60_000,
  onFailure: "keep_last",
} as const;

Deno.test("names that change together are one message to the threads, with each app once", async () => {
  const { log } = new LogLines();
  let last = 1;
  const daemon = new Daemon({
    clock: systemClock,
    log,
    board: Board.allocate(),
    createResolver: (onChange) =>
      new Resolver(
        systemClock,
        log,
        DNS,
        onChange,
        () => Promise.resolve({ ips: [`10.0.0.${last}`], ttlMs: 60_000, unanswered: null }),
      ),
    workerUrl: new URL("../../../../src/data/worker.ts", import.meta.url).href,
    cores: 1,
    onAccess: () => {},
    onThreadGone: () => {},
  });
  const app = (name: string, ...targets: string[]) => ({ name, ports: ["127.0.0.1:0"], targets });
  const hosts = Array.from({ length: 50 }, (_, i) => `h${i}.example`);
  const apps = [
    ...hosts.map((host, i) => app(`app ${i}`, `${host}:80`)),
    app("all", ...hosts.map((host) => `${host}:80`)),
    app("none", "10.9.9.9:80"),
  ];
  await daemon.apply(parseConfig({ apps, engine: "deno", workers: 1 }));
  const { fleet, resolver } = daemon;
  const sent: string[][] = [];
  const resend = fleet.resend.bind(fleet);
  fleet.resend = (snapshots) => {
    sent.push(snapshots.map(({ name }) => name));
    resend(snapshots);
  };

  last = 2;
  resolver.configure({ ...DNS, family: "ipv4" });
  await eventually("the message", () => sent.length > 0);
  assert.deepEqual(sent, [["app 0", "all", ...hosts.slice(1).map((_, i) => `app ${i + 1}`)]]);
  assert.equal(daemon.snapshots.get("all")?.targets[49]?.addresses[0]?.ip, "10.0.0.2");
  await daemon.terminate();
});
