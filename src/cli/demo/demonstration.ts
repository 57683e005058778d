import { type Clock, sleep } from "../../base/clock.ts";
import type { AppStatus, Status } from "../../control/daemon/status.ts";
import type { AccessLog } from "../../control/telemetry/access_log.ts";
import { parseTarget } from "../../model/endpoint_url.ts";
import { servedAddress } from "./demo_config.ts";
import { listenAddress, makeRound, type Round } from "./round.ts";
import { type RoundPlace, roundText } from "./round_text.ts";

/** Connections that are made to an app in a round. */
const CONNECTIONS = 6;
/** Records that have not been written by then are not waited for. */
const RECORDS_WAIT_MS = 1_000;
const LOOK_EVERY_MS = 10;

/** What a demonstration is made of. */
export interface DemonstrationParts {
  readonly clock: Clock;
  readonly servers: Servers;
  readonly httpApps: ReadonlySet<string>;
  readonly recordsAll: boolean;
  /** As it is now. */
  status(): Status;
  readonly log: Pick<AccessLog, "arrived" | "flush">;
  ask(address: string, isHttp: boolean): Promise<string>;
}

/** The built-in targets. */
interface Servers {
  has(address: string): boolean;
  isStopped(address: string): boolean;
  toggle(address: string): Promise<void>;
}

/** Where its text goes. */
type Place = Pick<RoundPlace, "columns" | "paint">;

/** The target that can be stopped, and the app where it is seen to be passed over. */
interface Victim {
  readonly app: string;
  readonly target: string;
  readonly served: string;
}

/** Shows on a running proxy what it does. Everything that it tells comes behind the records of its own connections. */
export class Demonstration {
  /** Null where no app has two targets of which one can be stopped. */
  readonly #victim: Victim | null;
  /** What is under way: one thing after another. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(private readonly parts: DemonstrationParts) {
    this.#victim = findVictim(parts.status().apps, parts.servers);
  }

  /** The target that can be stopped and started; null where there is none. */
  get target(): string | null {
    return this.#victim?.target ?? null;
  }

  /** Whether it is stopped. */
  get isStopped(): boolean {
    return this.#victim !== null && this.parts.servers.isStopped(this.#victim.served);
  }

  /** Who answers in each app, an empty line behind each. */
  showAll(place: Place): Promise<string> {
    return this.#next(async () => {
      const rounds = await this.#rounds(this.parts.status().apps);
      return rounds.map((round) => `${this.#text(round, place)}\n`).join("");
    });
  }

  /** Stops the target, or starts it again, and shows who answers then. */
  toggle(place: Place): Promise<string> {
    return this.#next(async () => {
      const victim = this.#victim;
      if (victim === null) return "";
      await this.parts.servers.toggle(victim.served);
      const isStopped = this.parts.servers.isStopped(victim.served);
      const what = `Target ${victim.target} ${
        isStopped ? "is stopped: it refuses connections." : "is back."
      }\n`;
      const app = this.parts.status().apps.find(({ name }) => name === victim.app);
      const [round] = app === undefined ? [] : await this.#rounds([app]);
      if (round === undefined) return `${what}${victim.app} is not served any more.\n`;
      return `${what}${this.#text(round, place)}${isStopped ? passedOver(round, victim) : ""}`;
    });
  }

  #next<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => {});
    return turn;
  }

  async #rounds(apps: readonly AppStatus[]): Promise<Round[]> {
    const { httpApps, log, ask } = this.parts;
    const before = log.arrived;
    const rounds: Round[] = [];
    for (const app of apps) {
      const address = listenAddress(app);
      if (address === null) continue;
      const isHttp = httpApps.has(app.name);
      rounds.push(await makeRound(app, address, { isHttp, count: CONNECTIONS, ask }));
    }
    await this.#recorded(before + rounds.length * CONNECTIONS);
    return rounds;
  }

  /** Waits until so many records have arrived and are written. */
  async #recorded(count: number): Promise<void> {
    const { clock, log, recordsAll } = this.parts;
    const deadline = clock.now() + RECORDS_WAIT_MS;
    while (recordsAll && log.arrived < count && clock.now() < deadline) await sleep(clock, LOOK_EVERY_MS);
    await Promise.race([log.flush(), sleep(clock, RECORDS_WAIT_MS)]);
  }

  #text(round: Round, place: Place): string {
    return roundText(round, { ...place, isStopped: (address) => this.parts.servers.isStopped(address) });
  }
}

function findVictim(apps: readonly AppStatus[], servers: Servers): Victim | null {
  for (const { name, targets } of apps) {
    const served = targets.filter(({ backup, weight }) => !backup && weight > 0)
      .map(({ target }): Victim => ({ app: name, target, served: servedAddress(parseTarget(target)) }))
      .filter(({ served }) => servers.has(served));
    const [first, second] = served;
    if (first !== undefined && second !== undefined && first.served !== second.served) return first;
  }
  return null;
}

/** What a round shows about a target that is stopped, where it shows something. */
function passedOver({ failed, targets }: Round, { target }: Victim): string {
  const got = targets.find((one) => one.target === target)?.answers ?? 0;
  if (failed > 0 || got > 0) return "";
  return "No client noticed: what it refused went to the next target at once.\n";
}
