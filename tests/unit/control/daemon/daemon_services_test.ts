import assert from "node:assert/strict";
import { systemClock } from "../../../../src/base/clock.ts";
import { MAX_SERVICE_HOSTS } from "../../../../src/base/limits.ts";
import { Daemon } from "../../../../src/control/daemon/daemon.ts";
import { Resolver, type ResolverOptions } from "../../../../src/control/dns/resolver.ts";
import { readServiceRecords } from "../../../../src/control/dns/services/service_record.ts";
import { Board, DEFAULT_SLOTS } from "../../../../src/model/board.ts";
import { parseConfig } from "../../../kit/configs.ts";
import { eventually } from "../../../kit/eventually.ts";
import { LogLines } from "../../../kit/log_lines.ts";

const DNS: ResolverOptions = {
  servers: [],
  family: "both",
  minTtlMs: 50,
  maxTtlMs: 50,
  negativeTtlMs: 50,
  onFailure: "keep_last",
};

/** A daemon with one real data thread; services are what the test says, at addresses, so that no name is asked for. */
class Fixture implements AsyncDisposable {
  readonly log = new LogLines();
  readonly records = new Map<string, readonly string[]>();
  readonly daemon = new Daemon({
    clock: systemClock,
    log: this.log.log,
    board: Board.allocate(),
    createResolver: (onChange) =>
      new Resolver(
        systemClock,
        this.log.log,
        DNS,
        onChange,
        () => Promise.reject(new Error("no name is asked for")),
        async (service) =>
          await Promise.resolve({
            records: readServiceRecords(this.records.get(service) ?? []),
            ttlMs: 50,
            addresses: new Map(),
          }),
      ),
    workerUrl: new URL("../../../../src/data/worker.ts", import.meta.url).href,
    cores: 1,
    onAccess: () => {},
    onThreadGone: () => {},
  });

  async start(...services: string[]): Promise<void> {
    const apps = services.map((service) => ({ name: service, ports: ["127.0.0.1:0"], targets: [service] }));
    await this.daemon.apply(parseConfig({ apps, engine: "deno", workers: 1 }));
  }

  slots(app: string): number[] {
    return this.daemon.snapshots.get(app)?.targets.map(({ slot }) => slot) ?? [];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.daemon.terminate();
  }
}

Deno.test("places of hosts that left a service are given to others, without any rollout", async () => {
  await using fixture = new Fixture();
  const service = "_x._tcp.web.example";
  const host = (at: number): string => `0 1 ${8_000 + at} 10.0.0.1`;
  fixture.records.set(service, [host(0), host(1)]);
  await fixture.start(service);
  const [staying, leaving] = fixture.slots(service);
  fixture.records.set(service, [host(0)]);
  await eventually("the host to leave", () => fixture.slots(service).length === 1);
  // A place is free once the thread has taken the change over and two looks a second apart found it empty.
  let next = 2;
  await eventually("its place to be taken", async () => {
    fixture.records.set(service, [host(0), host(next++)]);
    const last = `10.0.0.1:${8_000 + next - 1}`;
    await eventually("the next host", () => {
      return fixture.daemon.snapshots.get(service)?.targets.some(({ key }) => key === last) === true;
    });
    return fixture.slots(service).includes(leaving ?? -1);
  });
  assert.equal(fixture.slots(service)[0], staying);
  assert.equal(fixture.daemon.revision, 1);
});

Deno.test("an app whose new hosts find no room keeps those that it had, and the log says so once", async () => {
  await using fixture = new Fixture();
  const many = Array.from({ length: MAX_SERVICE_HOSTS }, (_, i) => `0 1 ${8_000 + i} 10.0.0.1`);
  const count = Math.ceil(DEFAULT_SLOTS / MAX_SERVICE_HOSTS) + 1;
  const services = Array.from({ length: count }, (_, i) => `_x._tcp.h${i}.example`);
  for (const service of services) fixture.records.set(service, ["0 1 8000 10.0.0.1"]);
  await fixture.start(...services);
  for (const service of services) fixture.records.set(service, many);
  const sizes = (): number[] => services.map((service) => fixture.slots(service).length);
  await eventually("all places to be taken", () => sizes().reduce((sum, size) => sum + size) > 64_000);
  const message = "no room for the hosts that an app has now";
  const said = () => fixture.log.lines.filter((line) => line.message === message).map(({ app }) => app);
  await eventually("it to be said", () => said().length > 0);
  assert.deepEqual(sizes().filter((size) => size !== 1 && size !== MAX_SERVICE_HOSTS), []);
  // When others need less it is tried again.
  const [late] = said();
  for (const service of services) if (service !== late) fixture.records.set(service, ["0 1 8000 10.0.0.1"]);
  await eventually("its turn", () => fixture.slots(String(late)).length === MAX_SERVICE_HOSTS);
  assert.equal(new Set(said()).size, said().length);
});
