import {
  logsOf,
  metricsOf,
  type ReceivedLog,
  type ReceivedMetric,
  type ReceivedSpan,
  spansOf,
} from "./otlp_data.ts";
import { type OtlpMessage, readProtobuf } from "./otlp_messages.ts";

/** How requests are answered; `hang` reads them and never answers. */
export type ReceiverAnswer = "hang" | {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON of the answer. */
  readonly body?: string;
};

/** A request as it came. */
export interface ReceivedRequest {
  readonly path: string;
  readonly headers: Headers;
  /** `performance.now()`. */
  readonly at: number;
}

const MESSAGES: Readonly<Record<string, OtlpMessage>> = {
  "/v1/traces": "TracesRequest",
  "/v1/logs": "LogsRequest",
  "/v1/metrics": "MetricsRequest",
};

/** A small receiver of OTLP over HTTP, in protobuf or JSON. What it answers with an error counts as not received. */
export class OtlpReceiver implements AsyncDisposable {
  readonly requests: ReceivedRequest[] = [];
  readonly spans: ReceivedSpan[] = [];
  readonly logs: ReceivedLog[] = [];
  /** By name, as they came last. */
  readonly metrics = new Map<string, ReceivedMetric>();
  /** How the next requests are answered. */
  answer: ReceiverAnswer = { status: 200 };
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #hanging: PromiseWithResolvers<void> = Promise.withResolvers();

  /** @param port 0 for any. */
  constructor(port = 0) {
    const options = { hostname: "127.0.0.1", port, onListen: () => {} };
    this.#server = Deno.serve(options, (request) => this.#handle(request));
  }

  /** What `OTEL_EXPORTER_OTLP_ENDPOINT` is to be. */
  get endpoint(): string {
    return `http://127.0.0.1:${this.#server.addr.port}`;
  }

  /** Spans of that name. */
  spansNamed(name: string): ReceivedSpan[] {
    return this.spans.filter((span) => span.name === name);
  }

  /** Spans under that one. */
  childrenOf({ spanId }: ReceivedSpan): ReceivedSpan[] {
    return this.spans.filter(({ parentSpanId }) => parentSpanId === spanId);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#hanging.resolve();
    await this.#server.shutdown();
  }

  async #handle(request: Request): Promise<Response> {
    const { answer } = this;
    const { pathname } = new URL(request.url);
    const bytes = await bodyOf(request);
    this.requests.push({ path: pathname, headers: request.headers, at: performance.now() });
    if (answer === "hang") {
      await this.#hanging.promise;
      return new Response(null, { status: 503 });
    }
    const { status, headers = {}, body = null } = answer;
    if (status === 200) this.#take(pathname, request.headers.get("content-type"), bytes);
    return new Response(body, { status, headers });
  }

  #take(path: string, type: string | null, bytes: Uint8Array): void {
    const message = MESSAGES[path];
    if (message === undefined) throw new Error(`Nothing is received at ${path}`);
    const data = type === "application/json"
      ? JSON.parse(new TextDecoder().decode(bytes))
      : readProtobuf(message, bytes);
    this.spans.push(...spansOf(data));
    this.logs.push(...logsOf(data));
    for (const metric of metricsOf(data)) this.metrics.set(metric.name, metric);
  }
}

async function bodyOf(request: Request): Promise<Uint8Array> {
  const { body } = request;
  if (body === null) return new Uint8Array();
  const isCompressed = request.headers.get("content-encoding") === "gzip";
  return await new Response(isCompressed ? body.pipeThrough(new DecompressionStream("gzip")) : body).bytes();
}
