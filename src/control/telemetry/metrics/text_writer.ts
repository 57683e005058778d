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

const ESCAPES: Readonly<Record<string, string>> = { "\\": "\\\\", "\n": "\\n", '"': '\\"' };

/**
 * Writes metrics in the text format of Prometheus (version 0.0.4, prometheus.io/docs/instrumenting/exposition_formats) or as
 * OpenMetrics 1.0.
 */
export class TextWriter {
  /** @param isOpenMetrics else in the text format of Prometheus. */
  constructor(private readonly isOpenMetrics: boolean) {}

  /** Of the answer. */
  get contentType(): string {
    return this.isOpenMetrics
      ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
      : "text/plain; version=0.0.4; charset=utf-8";
  }

  /** What is behind all metrics. */
  get end(): string {
    return this.isOpenMetrics ? "# EOF\n" : "";
  }

  /** Some lines of a metric. @param isFirst with what is said above them. */
  write(head: Head, lines: readonly Line[], isFirst: boolean): string {
    let text = isFirst ? this.#head(head) : "";
    for (const { metricName = head.name, labels, value } of lines) {
      text += `${metricName}${labelText(labels)} ${numberText(value)}\n`;
    }
    return text;
  }

  #head({ name, type, help }: Head): string {
    // OpenMetrics has the name without the suffix there, and with it in each line.
    const named = this.isOpenMetrics && type === "counter" ? name.replace(/_total$/, "") : name;
    // A quote is escaped in the text of OpenMetrics alone.
    const said = help.replaceAll(this.isOpenMetrics ? /[\\\n"]/g : /[\\\n]/g, escaped);
    return `# HELP ${named} ${said}\n# TYPE ${named} ${type}\n`;
  }
}

function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) =>
    `${name}="${String(value).replaceAll(/[\\\n"]/g, escaped)}"`
  );
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function numberText(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
}

function escaped(char: string): string {
  return ESCAPES[char] ?? char;
}
