import assert from "node:assert/strict";
import { seededRandom } from "../../src/base/random.ts";
import { DataThread } from "../../src/data/data_thread.ts";
import { CounterTotals } from "../../src/control/telemetry/counter_totals.ts";
import { Board, Counter, PROCESS_SLOT, Shared } from "../../src/model/board.ts";
import { CLOSE_REASONS, type CloseReason } from "../../src/model/close_reason.ts";
import { type HistogramName, HISTOGRAMS } from "../../src/model/histograms.ts";
import type { Report } from "../../src/model/messages.ts";
import type { AppSnapshot } from "../../src/model/snapshot.ts";
import { FakeClock } from "./fake_clock.ts";
import type { FakeConnection } from "./fake_connection.ts";
import { FakeEngine } from "./fake_engine.ts";
import { TEST_SLOTS } from "./fake_memory.ts";

/** An access record as it was written. */
export type AccessRecord = Readonly<Record<string, unknown>>;

/** What a {@link FakeThread} shares with others. */
export interface FakeThreadOptions {
  readonly board?: Board;
  /** Its own counters, open in `totals`. */
  readonly counters?: Float64Array<SharedArrayBuffer>;
  readonly clock?: FakeClock;
  /** Where its counters are added to those of others. */
  readonly totals?: CounterTotals;
  readonly seed?: number;
  /** Memory of tables; there are none unless given. */
  readonly tables?: SharedArrayBuffer;
}

/** A data thread on the fake engine: commands go in, reports and counters come out, time stands still. */
export class FakeThread {
  readonly clock: FakeClock;
  readonly board: Board;
  readonly totals: CounterTotals;
  /** Its own counters. */
  readonly counters: Float64Array<SharedArrayBuffer>;
  readonly engine: FakeEngine;
  readonly reports: Report[] = [];
  readonly thread: DataThread;
  /** Memory of tables. */
  readonly tables: SharedArrayBuffer;
  #revision = 0;

  constructor(options: FakeThreadOptions = {}) {
    this.clock = options.clock ?? new FakeClock();
    this.board = options.board ?? Board.allocate();
    this.totals = options.totals ?? new CounterTotals(TEST_SLOTS);
    this.counters = options.counters ?? this.totals.open();
    this.tables = options.tables ?? new SharedArrayBuffer(0);
    this.engine = new FakeEngine(this.clock);
    this.thread = new DataThread({
      engine: this.engine,
      board: this.board,
      tables: this.tables,
      counters: this.counters,
      clock: this.clock,
      random: seededRandom(options.seed ?? 1),
      report: (report) => this.reports.push(report),
    });
  }

  /** Another thread on the same board and clock. */
  sibling(): FakeThread {
    const { board, totals, clock, tables } = this;
    return new FakeThread({ board, totals, clock, tables });
  }

  /** Rolls apps out; apps that are not named stay. @param sockets to adopt, by listener key. */
  apply(
    apps: readonly AppSnapshot[],
    removed: readonly string[] = [],
    sockets?: Readonly<Record<string, readonly number[]>>,
  ): void {
    const revision = ++this.#revision;
    this.thread.handle({
      type: "apply",
      revision,
      apps,
      removed,
      ...(sockets === undefined ? {} : { sockets }),
    });
  }

  /** A client comes in on a port. */
  client(port = 5001, ip?: string): FakeConnection {
    return this.engine.listener(port).client(ip);
  }

  /** A client whose first target accepts. */
  relayed(port = 5001): void {
    this.client(port);
    this.engine.attempt.open();
  }

  /** Reports of one type. */
  reported<T extends Report["type"]>(type: T): Extract<Report, { type: T }>[] {
    return this.reports.filter((report): report is Extract<Report, { type: T }> => report.type === type);
  }

  /** Every access record so far; moves time on by as much as records wait. */
  records(): AccessRecord[] {
    this.clock.advance(100);
    const reports = this.reported("access");
    const decoder = new TextDecoder();
    const lines = reports.map((report) => decoder.decode(report.lines)).join("").split("\n").slice(0, -1);
    assert.equal(lines.length, reports.reduce((sum, report) => sum + report.count, 0));
    return lines.map((line) => JSON.parse(line));
  }

  /** Why the sessions so far ended, in that order. */
  reasons(): unknown[] {
    return this.records().map((record) => record.close_reason);
  }

  /** A slot's counter, over all threads. */
  sum(slot: number, counter: keyof typeof Counter): number {
    return this.totals.sum(slot, Counter[counter]);
  }

  /** How many times an app's histogram has. */
  took(slot: number, name: HistogramName): number {
    return this.totals.histogram(slot, HISTOGRAMS[name]).buckets.reduce((sum, count) => sum + count, 0);
  }

  /** How many of an app's sessions ended for this reason. */
  closed(slot: number, reason: CloseReason): number {
    return this.totals.sum(slot, Counter.closed + CLOSE_REASONS.indexOf(reason));
  }

  /** How many of an app's sessions have ended. */
  ended(slot: number): number {
    return CLOSE_REASONS.reduce((sum, reason) => sum + this.closed(slot, reason), 0);
  }

  /** Client connections open in the process. */
  get open(): number {
    return Atomics.load(this.board.words, Board.word(PROCESS_SLOT, Shared.taken));
  }

  /** @throws {Error} when some slot still counts a connection, in its own counters or the shared ones. */
  assertAllGone(): void {
    assert.equal(this.open, 0, "open connections of the process");
    for (let slot = 0; slot < TEST_SLOTS; slot++) {
      assert.equal(this.sum(slot, "held"), 0, `counter of slot ${slot}`);
      assert.equal(Atomics.load(this.board.words, Board.word(slot, Shared.taken)), 0, `word of slot ${slot}`);
    }
  }
}
