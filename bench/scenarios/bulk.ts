import { systemClock } from "../../src/base/clock.ts";
import { BULK_PATH } from "../backend.ts";
import { BULK_FILE_BYTES } from "../stage.ts";
import type { Stage } from "../stage.ts";
import type { RunningRival, Sample, Scenario } from "../suite.ts";

const BYTES_A_GB = 1e9;
/** Slower than this (bytes a second) is taken for stuck. */
const LEAST_RATE = 50e6;
/** Share of the measured volume that is moved beforehand. */
const WARM_UP_SHARE = 0.125;

/** A large file downloaded over and over on some connections at once, by curl. */
export function bulk(streams: number): Scenario {
  return {
    name: `bulk${streams}`,
    title: streams === 1 ? "bulk, one stream" : `bulk, ${streams} streams`,
    metrics: [
      { name: "cpu", unit: "CPU s a GB", digits: 3 },
      { name: "rate", unit: "GB/s", digits: 2 },
    ],
    async measure(stage, rival): Promise<Sample> {
      const bytes = stage.plan.bulkBytes;
      await download(stage, rival, streams, bytes * WARM_UP_SHARE);
      const before = rival.child.cpuSeconds();
      const start = systemClock.now();
      const moved = await download(stage, rival, streams, bytes);
      const seconds = (systemClock.now() - start) / 1000;
      const cpu = rival.child.cpuSeconds() - before;
      return { cpu: cpu / (moved / BYTES_A_GB), rate: moved / BYTES_A_GB / seconds };
    },
  };
}

/** Moves at least `bytes` in equal parts over that many connections. @returns bytes received. */
async function download(
  stage: Stage,
  { port }: RunningRival,
  streams: number,
  bytes: number,
): Promise<number> {
  const times = Math.ceil(bytes / BULK_FILE_BYTES / streams);
  const timeoutMs = 10_000 + (bytes / LEAST_RATE) * 1000;
  const reports = await Promise.all(Array.from({ length: streams }, () =>
    stage.children.run({
      name: "curl",
      command: "curl",
      // The range makes one curl fetch the file again and again on one connection.
      args: [
        ...["-s", "-S", "-f", "-o", "/dev/null", "-w", "%{size_download}\\n"],
        `http://127.0.0.1:${port}${BULK_PATH}?[1-${times}]`,
      ],
      core: stage.cores.load,
    }, timeoutMs)));
  return reports.join("").trim().split("\n").reduce((sum, size) => sum + Number(size), 0);
}
