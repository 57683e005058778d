import type { Metric, RegistryContentType } from "prom-client";
import { type Clock, sleep } from "../../../base/clock.ts";
import type { Family, HistogramSample, Labels } from "./family.ts";
import { type MetricsSource, Scrape } from "./scrape.ts";

/** Series that are written at a stretch, ... */
const SLICE = 500;
/** ... and how long slices may follow each other before others have their turn. */
const STRETCH_MS = 10;

/** An answer to who asks for metrics. */
export interface Exposed {
  readonly contentType: string;
  readonly body: string;
}

/** One line as the library takes it. */
interface Line {
  readonly metricName?: string;
  readonly labels: Labels;
  readonly value: number;
}

/**
 * Writes metrics as text. The library knows the formats; what it is given is read off the board at that moment, so that
 * nothing is kept twice, and series of what is gone are gone. Ten thousands of series are written in slices, since the
 * control thread has other things to do.
 */
export class Exposition {
  constructor(
    private readonly families: readonly Family[],
    private readonly source: MetricsSource,
    private readonly clock: Clock,
  ) {}

  /** All metrics. @param isOpenMetrics else in the text format of Prometheus. */
  async render(isOpenMetrics: boolean): Promise<Exposed> {
    // It takes a while to load, and many a proxy is never asked.
    const { Registry } = await import("prom-client");
    const registry = new Registry<RegistryContentType>();
    registry.setContentType(
      isOpenMetrics ? Registry.OPENMETRICS_CONTENT_TYPE : Registry.PROMETHEUS_CONTENT_TYPE,
    );
    const scrape = new Scrape(this.source);
    const texts: string[] = [];
    let restedAt = this.clock.now();
    for (const family of this.families) {
      const lines = linesOf(family, scrape);
      for (let at = 0; at < lines.length; at += SLICE) {
        const metric = metricOf(family, lines.slice(at, at + SLICE), isOpenMetrics);
        registry.registerMetric(metric);
        const text = await registry.getSingleMetricAsString(family.name);
        registry.removeSingleMetric(family.name);
        texts.push(at === 0 ? text : withoutHead(text));
        if (this.clock.now() - restedAt < STRETCH_MS) continue;
        await sleep(this.clock, 0);
        restedAt = this.clock.now();
      }
    }
    if (isOpenMetrics) texts.push("# EOF");
    return { contentType: registry.contentType, body: `${texts.join("\n")}\n` };
  }
}

function linesOf(family: Family, scrape: Scrape): Line[] {
  if (family.type !== "histogram") return [...family.collect(scrape)];
  return [...family.collect(scrape)].flatMap((sample) => histogramLines(family.name, sample));
}

/** Buckets hold all times up to their bound. */
function histogramLines(
  name: string,
  { labels, boundsMs, totals: { buckets, sumMs } }: HistogramSample,
): Line[] {
  let count = 0;
  const lines = buckets.map((own, index): Line => {
    count += own;
    const bound = boundsMs[index];
    const le = bound === undefined ? "+Inf" : `${bound / 1_000}`;
    return { metricName: `${name}_bucket`, labels: { ...labels, le }, value: count };
  });
  return [
    ...lines,
    { metricName: `${name}_sum`, labels, value: sumMs / 1_000 },
    { metricName: `${name}_count`, labels, value: count },
  ];
}

/** What the library asks a metric for when it writes it. Its classes count by themselves, which the board has done. */
function metricOf({ name, help, type }: Family, values: readonly Line[], isOpenMetrics: boolean): Metric {
  // OpenMetrics has the name without the suffix in the head; the library adds it to each line.
  const written = isOpenMetrics && type === "counter" ? name.replace(/_total$/, "") : name;
  const metric = { name, get: () => Promise.resolve({ name: written, help, type, values }) };
  return metric as unknown as Metric;
}

/** Without the lines that say what it is. */
function withoutHead(text: string): string {
  return text.split("\n").filter((line) => !line.startsWith("#")).join("\n");
}
