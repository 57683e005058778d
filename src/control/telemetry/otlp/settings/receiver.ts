import type { Environment } from "./environment.ts";
import { readKeyValues } from "./key_values.ts";

/** What is sent. */
export const OTLP_SIGNALS = ["traces", "metrics", "logs"] as const;

/** One of {@link OTLP_SIGNALS}. */
export type OtlpSignal = typeof OTLP_SIGNALS[number];

/** How it is sent. */
export type OtlpProtocol = "http/protobuf" | "http/json";

/** Where one signal goes, and how. */
export interface Receiver {
  /** Whole, without credentials. */
  readonly url: string;
  readonly protocol: OtlpProtocol;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Longest time to send a batch, tries included. */
  readonly timeoutMs: number;
  readonly compression: "gzip" | "none";
}

const PREFIX = "OTEL_EXPORTER_OTLP";
const DEFAULT_ENDPOINT = "http://localhost:4318";
const DEFAULT_TIMEOUT_MS = 10_000;

/**
 * Reads where a signal goes.
 * @returns null where it is not to be sent: that is asked for by an endpoint, or by `otlp` as the signal's exporter. The
 * default of the specification, to send to this machine unasked, would have each proxy without a receiver complain.
 */
export function readReceiver(environment: Environment, signal: OtlpSignal): Receiver | null {
  const exporter = readExporter(environment, signal);
  const url = readUrl(environment, signal);
  if (exporter === "none" || (url === null && exporter === undefined)) return null;
  ignoreCertificates(environment, signal);
  const { address, authorization } = withoutCredentials(url ?? new URL(`${DEFAULT_ENDPOINT}/v1/${signal}`));
  const headers = { ...readKeyValues(environment, `${PREFIX}_HEADERS`), ...ownHeaders(environment, signal) };
  const lowerCase = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
  return {
    url: address,
    protocol: readProtocol(environment, signal),
    headers: { ...authorization, ...Object.fromEntries(lowerCase) },
    timeoutMs: readTimeout(environment, signal),
    compression: environment.choice(both(signal, "COMPRESSION"), ["gzip", "none"]) ?? "none",
  };
}

/** The variable of the signal alone, then that of all. */
function both(signal: OtlpSignal, name: string): [own: string, common: string] {
  return [`${PREFIX}_${signal.toUpperCase()}_${name}`, `${PREFIX}_${name}`];
}

function readExporter(environment: Environment, signal: OtlpSignal): "otlp" | "none" | undefined {
  const name = `OTEL_${signal.toUpperCase()}_EXPORTER`;
  const words = environment.text(name)?.toLowerCase().split(",").map((word) => word.trim()) ?? [];
  const unknown = words.filter((word) => word !== "otlp" && word !== "none");
  if (unknown.length > 0) {
    environment.ignore(name, `"${unknown.join(",")}" is not known here: known are otlp, none`);
  }
  return words.includes("otlp") ? "otlp" : words.includes("none") ? "none" : undefined;
}

function readUrl(environment: Environment, signal: OtlpSignal): URL | null {
  const [own, common] = both(signal, "ENDPOINT");
  const exact = urlOf(environment, own);
  if (exact !== null) return exact;
  const base = urlOf(environment, common);
  if (base === null) return null;
  base.pathname = `${base.pathname.replace(/\/$/, "")}/v1/${signal}`;
  return base;
}

function urlOf(environment: Environment, name: string): URL | null {
  const text = environment.text(name);
  if (text === undefined) return null;
  const url = URL.parse(text);
  if (url !== null && (url.protocol === "http:" || url.protocol === "https:")) return url;
  environment.ignore(name, "it is not a URL as http://collector:4318: it is as if it were not set");
  return null;
}

/** Credentials in an address would be shown where a failure is told. */
function withoutCredentials(
  url: URL,
): { readonly address: string; readonly authorization: Readonly<Record<string, string>> } {
  const { username, password } = url;
  if (username === "" && password === "") return { address: url.href, authorization: {} };
  url.username = "";
  url.password = "";
  const bytes = new TextEncoder().encode(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`);
  return { address: url.href, authorization: { authorization: `Basic ${bytes.toBase64()}` } };
}

function readProtocol(environment: Environment, signal: OtlpSignal): OtlpProtocol {
  const names = both(signal, "PROTOCOL");
  const word = environment.choice(names, ["http/protobuf", "http/json", "grpc"]);
  if (word !== "grpc") return word ?? "http/protobuf";
  const name = names.find((one) => environment.text(one) !== undefined) ?? names[1];
  environment.ignore(
    name,
    "fproxy speaks OTLP over HTTP alone: http/protobuf is taken, for which collectors listen on port 4318, not 4317",
  );
  return "http/protobuf";
}

/** What the runtime trusts is said to it alone, for all that it connects to. */
function ignoreCertificates(environment: Environment, signal: OtlpSignal): void {
  for (
    const name of ["CERTIFICATE", "CLIENT_CERTIFICATE", "CLIENT_KEY"].flatMap((one) => both(signal, one))
  ) {
    if (environment.text(name) === undefined) continue;
    environment.ignore(name, "it is not supported: DENO_CERT names authorities that are trusted besides");
  }
}

function readTimeout(environment: Environment, signal: OtlpSignal): number {
  const [own, common] = both(signal, "TIMEOUT");
  return environment.milliseconds(own, environment.milliseconds(common, DEFAULT_TIMEOUT_MS));
}

function ownHeaders(environment: Environment, signal: OtlpSignal): Readonly<Record<string, string>> {
  return readKeyValues(environment, both(signal, "HEADERS")[0]);
}
