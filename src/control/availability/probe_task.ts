import type { Clock } from "../../base/clock.ts";
import { errorMessage, NetError } from "../../base/errors.ts";
import { PROBED_ADDRESSES } from "../../base/limits.ts";
import { toNetError } from "../../engine/mod.ts";
import type { SocketAddress } from "../../model/address.ts";
import { type HealthCheckConfig, probeTimeout } from "../../model/config_health.ts";
import { type AgentReport, mergeReport, NOTHING_SAID } from "./agent_reply.ts";
import { type HealthState, observe, settle } from "./health_state.ts";
import { ProbeDeadline } from "./probe_deadline.ts";
import { probes } from "./probes/mod.ts";
import type {
  ConnectCheck,
  ProbeCall,
  ProbeKind,
  ProbeResult,
  ProbeSubject,
  RunProbe,
} from "./probes/probe.ts";

/** What running a probe takes. */
export interface ProbeRunOptions {
  readonly clock: Clock;
  readonly connects: ConnectCheck | null;
  find(host: string): Promise<readonly string[]>;
}

/** What a probe changed. */
export interface Observation {
  /** The status is another one than before. */
  readonly isFlip: boolean;
  /** What the agent asks for is something else than before. */
  readonly isOtherReport: boolean;
}

/** What is known from the probes of one target so far. */
export interface ProbeRecord {
  state: HealthState;
  /** When the status became what it is, milliseconds since the Unix epoch. */
  since: number;
  /** What the last probe found, in words; empty before the first. */
  reason: string;
  /** When that was, milliseconds since the Unix epoch; null before. */
  checkedAt: number | null;
  passed: boolean;
  report: AgentReport;
  readonly counts: { probes: number; failures: number };
}

/** One probe that is repeated: of one target, or of the same target of several apps. */
export class ProbeTask<Subscriber> {
  readonly subscribers = new Set<Subscriber>();
  /** Number in the order of creation, by which probes are spread over time. */
  readonly number: number;
  record: ProbeRecord;
  /** Current ones of the target. */
  addresses: readonly SocketAddress[] = [];
  readonly #run: RunProbe;
  readonly #kind: ProbeKind;
  /** The address that passed last comes first. */
  #first = 0;

  constructor(
    readonly key: string,
    readonly check: HealthCheckConfig,
    private readonly subject: ProbeSubject,
    number: number,
    record: ProbeRecord,
  ) {
    this.number = number;
    this.record = record;
    this.#kind = probes.get(check.type);
    this.#run = this.#kind.create(check, subject);
  }

  /** Probes once, for the time that a probe may take. Null where that says nothing of the target: the trouble is ours. */
  async run(options: ProbeRunOptions): Promise<ProbeResult | null> {
    const addresses = this.#inTurn();
    if (addresses.length === 0) return { passed: false, reason: "the name has no address" };
    const timeoutMs = probeTimeout(this.check);
    const [only, ...others] = addresses;
    if (only !== undefined && others.length === 0) return await this.#try(only, timeoutMs, options);
    const end = options.clock.now() + timeoutMs;
    let result: ProbeResult | null = null;
    for (const [index, address] of addresses.entries()) {
      const shareMs = (end - options.clock.now()) / (addresses.length - index);
      result = await this.#try(address, Math.max(1, shareMs), options);
      if (result === null || result.passed) {
        this.#first = this.addresses.indexOf(address);
        return result;
      }
    }
    return result;
  }

  /** Takes the result of a probe into account. @param wallTime now, milliseconds since the Unix epoch. */
  observe(result: ProbeResult, wallTime: number): Observation {
    const { record, check } = this;
    const before = record.state;
    record.state = result.isFinal === true ? settle(result.passed) : observe(before, result.passed, {
      healthy: check.healthy_threshold,
      unhealthy: check.unhealthy_threshold,
    });
    const isFlip = record.state.status !== before.status;
    if (isFlip) record.since = wallTime;
    record.reason = result.reason;
    record.checkedAt = wallTime;
    record.passed = result.passed;
    record.counts.probes++;
    if (!result.passed) record.counts.failures++;
    const { report } = record;
    record.report = result.agent === undefined ? report : mergeReport(report, result.agent);
    return { isFlip, isOtherReport: JSON.stringify(report) !== JSON.stringify(record.report) };
  }

  #inTurn(): readonly SocketAddress[] {
    const { addresses } = this;
    if (this.#kind.withoutAddress === true) return [addresses[0] ?? { ip: "", port: this.subject.port }];
    if (addresses.length <= 1) return addresses;
    const first = Math.max(0, this.#first) % addresses.length;
    return [...addresses.slice(first), ...addresses.slice(0, first)].slice(0, PROBED_ADDRESSES);
  }

  async #try(
    address: SocketAddress,
    timeoutMs: number,
    { clock, connects, find }: ProbeRunOptions,
  ): Promise<ProbeResult | null> {
    const deadline = new ProbeDeadline<ProbeResult | null>(clock, timeoutMs, () => (
      { passed: false, reason: `no result within ${Math.round(timeoutMs)} ms` }
    ));
    const call: ProbeCall = {
      clock,
      address,
      connects,
      find,
      get signal(): AbortSignal {
        return deadline.signal;
      },
    };
    return await deadline.race(this.#run(call).catch((error: unknown) => failure(error)));
  }
}

/** What is known of a target that was never probed. */
export function newRecord(status: HealthState["status"], wallTime: number): ProbeRecord {
  return {
    state: { status, against: 0 },
    since: wallTime,
    reason: "",
    checkedAt: null,
    passed: false,
    report: NOTHING_SAID,
    counts: { probes: 0, failures: 0 },
  };
}

/** That we have no descriptor left says nothing of the target. */
function failure(error: unknown): ProbeResult | null {
  const { code } = error instanceof NetError ? error : toNetError(error, "probe", "target");
  if (code === "exhausted") return null;
  return { passed: false, reason: errorMessage(error) };
}
