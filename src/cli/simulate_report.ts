import { formatAddress } from "../model/address.ts";
import type { EngineName } from "../engine/engine.ts";
import { describeFailure } from "../tools/failure.ts";
import type { LoadPlan } from "../tools/load_plan.ts";
import { type LoadSummary, SAMPLE_MS } from "../tools/load_stats.ts";
import type { TimeSummary } from "../tools/time_stats.ts";
import { barChart, type Canvas } from "./drawing/bar_chart.ts";
import { formatBytes, formatCount, formatTime, scaleFormat } from "./drawing/figures.ts";
import { lineChart } from "./drawing/line_chart.ts";
import { painter } from "./drawing/paint.ts";
import { type Fact, factList } from "./drawing/fact_list.ts";
import type { Io } from "./io.ts";

/** A load run that has ended. */
export interface SimulateRun {
  /** Target as the user wrote it. */
  readonly target: string;
  readonly plan: LoadPlan;
  readonly engine: EngineName;
  /** Whether the user stopped it. */
  readonly interrupted: boolean;
  readonly summary: LoadSummary;
}

/** From this share of its core on, the generator may be what limits the throughput. */
const BUSY_SHARE = 0.9;
/** A shorter run is busy at any rate. */
const LEAST_BUSY_MS = 500;

/** The report for people, as wide as the terminal. */
export function reportText(run: SimulateRun, io: Io): string {
  const paint = painter(io.color);
  const canvas: Canvas = { columns: io.columns, paint };
  const { summary } = run;
  const sections = [factList(overview(run), canvas)];
  if (summary.completed > 0) {
    sections.push(
      `${paint("strong", "Response time, percentiles")}\n${percentiles(summary.response)}`,
      `${paint("strong", "Response time, distribution")}\n${distribution(summary, canvas)}`,
    );
    const line = throughput(summary, canvas);
    if (line !== "") sections.push(`${paint("strong", "Answered requests per second")}\n${line}`);
  }
  if (summary.failures.length > 0) {
    const bars = summary.failures.map((failure) => ({
      label: describeFailure(failure),
      count: failure.count,
      tone: "bad" as const,
    }));
    sections.push(`${paint("strong", "Failures")}\n${barChart(bars, canvas)}`);
  }
  return sections.join("\n");
}

function overview({ target, plan, engine, interrupted, summary }: SimulateRun): Fact[] {
  const { completed, failed, elapsedMs } = summary;
  const address = formatAddress(plan.address);
  const perSecond = elapsedMs === 0 ? 0 : (completed * 1000) / elapsedMs;
  const pace = plan.ratePerS === 0
    ? `${formatCount(plan.concurrency)} at once`
    : `${formatCount(plan.ratePerS)} a second, at most ${formatCount(plan.concurrency)} at once`;
  const rows: Fact[] = [
    { label: "Target", value: address === target ? target : `${target} (${address})` },
    {
      label: "Load",
      value: `${pace}, ${plan.keepAlive ? "keep-alive" : "a connection each"}, engine ${engine}`,
    },
    { label: "Time", value: `${formatTime(elapsedMs)}${interrupted ? ", stopped early" : ""}` },
    { label: "Answered", value: `${formatCount(completed)}, ${formatCount(perSecond)} a second` },
    { label: "Failed", value: formatCount(failed), ...(failed > 0 ? { tone: "bad" as const } : {}) },
    { label: "Connections", value: formatCount(summary.connections) },
    {
      label: "Bytes",
      value: `${formatBytes(summary.bytesSent)} sent, ${formatBytes(summary.bytesReceived)} received`,
    },
    { label: "Dial time", value: average(summary.dial) },
    { label: "Write time", value: average(summary.write) },
    { label: "Read time", value: average(summary.read) },
    { label: "Response time", value: average(summary.response) },
  ];
  if (summary.generatorBusy >= BUSY_SHARE && elapsedMs >= LEAST_BUSY_MS) {
    const share = Math.round(summary.generatorBusy * 100);
    rows.push({
      label: "Note",
      value: `the generator used ${share} % of its core: the target may be able to do more`,
    });
  }
  return rows;
}

function average(times: TimeSummary): string {
  return times.count === 0 ? "-" : `${formatTime(times.meanMs)} on average`;
}

function percentiles({ percentilesMs, maxMs }: TimeSummary): string {
  const rows = [...Object.entries(percentilesMs), ["max", maxMs] as const];
  return rows.map(([name, ms]) => `  ${name.padEnd(7)}${formatTime(ms).padStart(9)}\n`).join("");
}

function distribution({ histogram }: LoadSummary, canvas: Canvas): string {
  const [first] = histogram;
  const last = histogram.length - 1;
  const stepMs = first === undefined ? 1 : first.toMs - first.fromMs;
  const format = scaleFormat(histogram[last]?.fromMs ?? 0, stepMs > 0 ? stepMs : 1);
  const edges = histogram.map(({ fromMs, toMs }, index) =>
    index === last && index > 0 ? `over ${format(fromMs)}` : `to ${format(toMs)}`
  );
  const width = Math.max(...edges.map((edge) => edge.length));
  const bars = histogram.map(({ count }, index) => ({ label: (edges[index] ?? "").padStart(width), count }));
  return barChart(bars, canvas);
}

/** Nothing for a run that is shorter than some samples; the last sample is left out, as it is rarely whole. */
function throughput({ throughput }: LoadSummary, canvas: Canvas): string {
  const values = throughput.slice(0, -1).map((count) => (count * 1000) / SAMPLE_MS);
  if (values.length < 5) return "";
  return lineChart({ values, stepS: SAMPLE_MS / 1000, format: formatCount }, canvas);
}

/** The report for machines: one JSON object and a newline. Times are milliseconds. */
export function reportJson({ target, plan, engine, interrupted, summary }: SimulateRun): string {
  const { elapsedMs, completed, failed } = summary;
  return `${
    JSON.stringify({
      target,
      address: formatAddress(plan.address),
      engine,
      concurrency: plan.concurrency,
      keep_alive: plan.keepAlive,
      rate_per_s: plan.ratePerS === 0 ? null : plan.ratePerS,
      interrupted,
      elapsed_ms: elapsedMs,
      completed,
      failed,
      completed_per_s: elapsedMs === 0 ? 0 : (completed * 1000) / elapsedMs,
      connections: summary.connections,
      bytes_sent: summary.bytesSent,
      bytes_received: summary.bytesReceived,
      dial_ms: jsonTimes(summary.dial),
      write_ms: jsonTimes(summary.write),
      read_ms: jsonTimes(summary.read),
      response_ms: jsonTimes(summary.response),
      response_histogram: summary.histogram.map(({ fromMs, toMs, count }) => ({
        from_ms: fromMs,
        to_ms: toMs,
        count,
      })),
      failures: summary.failures,
      throughput: { sample_ms: SAMPLE_MS, completed: summary.throughput },
      generator_busy: summary.generatorBusy,
    })
  }\n`;
}

function jsonTimes(
  { count, minMs, meanMs, maxMs, stddevMs, percentilesMs }: TimeSummary,
): Record<string, number> {
  return { count, min: minMs, mean: meanMs, max: maxMs, stddev: stddevMs, ...percentilesMs };
}
