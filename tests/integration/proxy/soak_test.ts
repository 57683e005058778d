import assert from "node:assert/strict";
import { MAX_SPARE_PIPES } from "../../../src/engine/epoll/pipe_pool.ts";
import type { ConfigInput } from "../../../src/model/config.ts";
import { echoTarget } from "../../kit/echo_target.ts";
import { eventually } from "../../kit/eventually.ts";
import { FaultyHop } from "../../kit/faulty_hop.ts";
import { pass } from "../../kit/over_time.ts";
import { type ProcessSample, sampleProcess } from "../../kit/process_sample.ts";
import { say } from "../../kit/programs.ts";
import { ANY_PORT, Proxy, TEST_ENGINE } from "../../kit/proxy.ts";
import { RefusingAddress } from "../../kit/refusing_address.ts";
import { SoakClient } from "../../kit/soak_client.ts";

/** `FPROXY_SOAK_SECONDS` makes it longer. */
const DURATION_MS = Number(Deno.env.get("FPROXY_SOAK_SECONDS") ?? 5) * 1_000;
/** Until heaps, pools and the code's own compilation have settled. */
const WARM_UP_MS = Math.min(60_000, DURATION_MS / 4);
/** A long run samples every few seconds and leaves the machine some room for others. */
const IS_LONG = DURATION_MS >= 300_000;
const SAMPLE_MS = IS_LONG ? 5_000 : 1_000;
const MAX_REST_MS = IS_LONG ? 200 : 10;
const CLIENTS = 24;
const WORKERS = 2;
/** What buffers and heaps may differ by between two looks; a few seconds do not tell more. */
const MAX_GROWTH_BYTES = 128 * 2 ** 20;
/** Growth over the second half of a long run. */
const MAX_LONG_GROWTH_BYTES = 16 * 2 ** 20;
const FAULTS = {
  resetOnConnect: 0.02,
  resetOnData: 0.01,
  closeOnData: 0.01,
  split: 0.02,
  delay: 0.1,
  maxDelayMs: 5,
};

interface Sample extends ProcessSample {
  /** Since the first session. */
  readonly atMs: number;
}

Deno.test("soak: mixed traffic with faults of clients and targets leaves nothing behind in the process", async () => {
  const seed = Number(Deno.env.get("FPROXY_SOAK_SEED") ?? Math.floor(Math.random() * 2 ** 32));
  say(`soak: engine ${TEST_ENGINE}, seed ${seed}, ${DURATION_MS / 1_000} s`);
  await using target = echoTarget();
  await using hop = await FaultyHop.open({ target: target.address, seed, faults: FAULTS });
  await using refusing = await RefusingAddress.take();
  await using proxy = await Proxy.start(soakConfig(target.port, [hop.port, refusing.address.port]));
  const [clean, faulty] = [await proxy.port("clean"), await proxy.port("faulty")];
  const clients = Array.from(
    { length: CLIENTS },
    (_, index) => new SoakClient(seed + index, clean, faulty, MAX_REST_MS),
  );
  const startedAt = performance.now();
  const samples: Sample[] = [];
  const look = (name: string): Sample => {
    const sample = { atMs: performance.now() - startedAt, ...sampleProcess(proxy.pid) };
    say(`soak: ${formatSample(sample)} ${name}`);
    return sample;
  };
  /** Traffic until then; then every session ends, and what is left is looked at. */
  const runUntil = async (untilMs: number, name: string): Promise<Sample> => {
    let isOver = false;
    const sampling = (async () => {
      for (await pass(SAMPLE_MS); !isOver; await pass(SAMPLE_MS)) samples.push(look("in traffic"));
    })();
    try {
      await Promise.all(clients.map((client) => client.run(startedAt + untilMs)));
    } finally {
      isOver = true;
      await sampling;
    }
    await eventually("every session to end", async () => (await proxy.status()).connections.active === 0);
    return look(name);
  };

  const start = look("at the start");
  const warm = await runUntil(WARM_UP_MS, "quiet after the warm-up");
  const middle = await runUntil((WARM_UP_MS + DURATION_MS) / 2, "quiet in the middle");
  const end = await runUntil(DURATION_MS, "quiet at the end");
  const sessions = clients.reduce((sum, client) => sum + client.sessions, 0);
  say(`soak: ${sessions} sessions, ${hop.broken} broken by the hop`);
  if (IS_LONG) {
    const half = samples.filter(({ atMs }) => atMs > DURATION_MS / 2);
    const [resident, proportional] = [slope(half, "rssBytes"), slope(half, "pssBytes")];
    say(`soak: slope of the last half: ${resident} MiB/min resident, ${proportional} MiB/min proportional`);
  }

  assert.ok(sessions > CLIENTS, `${sessions} sessions`);
  const others = ({ descriptors, pipes }: ProcessSample): number => descriptors - pipes;
  // Some are closed a moment after the last session is counted, as are connections to the admin server.
  await eventually(`no more than ${others(warm)} descriptors but pipes`, () => {
    const now = others(sampleProcess(proxy.pid));
    return now <= others(warm) || now;
  });
  const spare = TEST_ENGINE === "epoll" ? WORKERS * 2 * MAX_SPARE_PIPES : 0;
  assert.ok(end.pipes <= start.pipes + spare, `${end.pipes} pipes, ${start.pipes} at the start`);
  const growth = end.rssBytes - (IS_LONG ? middle : warm).rssBytes;
  assert.ok(growth < (IS_LONG ? MAX_LONG_GROWTH_BYTES : MAX_GROWTH_BYTES), `grew by ${growth} bytes`);
  for (const name of ["clean", "faulty"]) await assertAllAccounted(proxy, name);
});

/** All records are made and written, to where nobody keeps them. */
function soakConfig(cleanPort: number, faultyPorts: readonly number[]): ConfigInput {
  return {
    workers: WORKERS,
    access_log: { to: "/dev/null" },
    apps: [
      { name: "clean", ports: [ANY_PORT], targets: [`127.0.0.1:${cleanPort}`] },
      { name: "faulty", ports: [ANY_PORT], targets: faultyPorts.map((port) => `127.0.0.1:${port}`) },
    ],
  };
}

async function assertAllAccounted(proxy: Proxy, name: string): Promise<void> {
  const { counters } = await proxy.app(name);
  const ended = Object.values(counters.connections_closed_total).reduce((sum, count) => sum + count, 0);
  say(`soak: ${name} ${JSON.stringify(counters)}`);
  assert.equal(ended, counters.connections_total);
  assert.equal(counters.connections_closed_total.internal, undefined);
}

function formatSample({ atMs, descriptors, pipes, rssBytes, pssBytes }: Sample): string {
  const [resident, proportional] = [rssBytes, pssBytes].map((bytes) => (bytes / 2 ** 20).toFixed(1));
  return `${(atMs / 1_000).toFixed(0)} s: ${descriptors} descriptors, ${pipes} of pipes, ` +
    `${resident} MiB resident, ${proportional} MiB proportional,`;
}

/** MiB a minute, of the line that fits best (least squares). */
function slope(samples: readonly Sample[], key: "rssBytes" | "pssBytes"): string {
  const mean = (of: (sample: Sample) => number): number =>
    samples.reduce((sum, sample) => sum + of(sample), 0) / samples.length;
  const [meanAt, meanBytes] = [mean(({ atMs }) => atMs), mean((sample) => sample[key])];
  const bytesAMs = mean((sample) => (sample.atMs - meanAt) * (sample[key] - meanBytes)) /
    mean(({ atMs }) => (atMs - meanAt) ** 2);
  return (bytesAMs * 60_000 / 2 ** 20).toFixed(2);
}
