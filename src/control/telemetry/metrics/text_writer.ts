import { type Metric, Registry, type RegistryContentType } from "prom-client";
import type { Labels } from "./family.ts";

/** What is said of a metric above its lines. */
export interface Head {
  readonly name: string;
  readonly type: "counter" | "gauge" | "histogram";
  readonly help: string;
}

/** One number of a metric. */
export interface Line {
  /** Where it is not the metric's own, as with a histogram. */
  readonly metricName?: string;
  readonly labels: Labels;
  readonly value: number;
}

/** Writes metrics by the library, which nothing else knows. */
export class TextWriter {
  readonly #registry = new Registry<RegistryContentType>();

  /** @param isOpenMetrics else in the text format of Prometheus. */
  constructor(private readonly isOpenMetrics: boolean) {
    this.#registry.setContentType(
      isOpenMetrics ? Registry.OPENMETRICS_CONTENT_TYPE : Registry.PROMETHEUS_CONTENT_TYPE,
    );
  }

  /** Of the answer. */
  get contentType(): string {
    return this.#registry.contentType;
  }

  /** What is behind all metrics. */
  get end(): string {
    return this.isOpenMetrics ? "# EOF\n" : "";
  }

  /** Some lines of a metric. @param isFirst with what is said above them. */
  async write(head: Head, lines: readonly Line[], isFirst: boolean): Promise<string> {
    this.#registry.registerMetric(this.#metric(head, lines));
    const text = await this.#registry.getSingleMetricAsString(head.name);
    this.#registry.removeSingleMetric(head.name);
    return `${isFirst ? text : withoutHead(text)}\n`;
  }

  /** What the library asks a metric for when it writes it. Its classes count by themselves, which the board has done. */
  #metric({ name, help, type }: Head, values: readonly Line[]): Metric {
    // OpenMetrics has the name without the suffix in the head; the library adds it to each line.
    const written = this.isOpenMetrics && type === "counter" ? name.replace(/_total$/, "") : name;
    const metric = { name, get: () => Promise.resolve({ name: written, help, type, values }) };
    return metric as unknown as Metric;
  }
}

/** Without the lines that say what it is. */
function withoutHead(text: string): string {
  return text.split("\n").filter((line) => !line.startsWith("#")).join("\n");
}
