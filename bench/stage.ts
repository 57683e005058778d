import type { Children } from "./process/children.ts";

/** Where and with what one run of the benchmark measures. */
export interface Stage {
  /** Starts programs, and ends them all when the run is over. */
  readonly children: Children;
  /** Folder of the run, removed at its end. */
  readonly dir: string;
  readonly cores: Cores;
  readonly plan: Plan;
  /** Folder of the checkout whose `main.ts` is measured. */
  readonly program: string;
  /** Port of the web server behind every rival, on 127.0.0.1. */
  readonly backendPort: number;
  /** Ports that the same web server also listens on: with its own they stand for several endpoints. */
  readonly mirrorPorts: readonly number[];
}

/** Processor numbers, as `taskset -c` takes them. */
export interface Cores {
  /** The rival's. */
  readonly proxy: number;
  /** The load generator's and the backend's. */
  readonly load: number;
}

/** How much is measured. */
export interface Plan {
  /** Load before the first turn of a round, so that caches and just-in-time code are what they are in service; seconds. */
  readonly warmUpS: number;
  /** As {@link warmUpS}, where the scenario before has warmed most of it already; 0 for none. */
  readonly warmAgainS: number;
  /** Turns of a round under load. */
  readonly loadTurns: number;
  /** Length of each of them, seconds. */
  readonly measureS: number;
  /** Volume of a bulk transfer; a multiple of eight times {@link BULK_FILE_BYTES}. */
  readonly bulkBytes: number;
  /** Idle connections between the two looks at memory. */
  readonly idleConnections: number;
  /** Wait before each look at memory, in which a rival gives back what it only needed while connecting. */
  readonly settleMs: number;
  /** In each turn. */
  readonly roundTrips: number;
  /** Turns of a round. */
  readonly roundTripTurns: number;
  /** Fresh starts of each rival, for the time of the first request. */
  readonly starts: number;
}

/** Size of the backend's large file. */
export const BULK_FILE_BYTES = 64 * 1024 * 1024;

/** For figures to keep. */
export const FULL_PLAN: Plan = {
  warmUpS: 2,
  warmAgainS: 2,
  loadTurns: 4,
  measureS: 2,
  bulkBytes: 4096 * 1024 * 1024,
  idleConnections: 4_000,
  settleMs: 1_000,
  roundTrips: 500,
  roundTripTurns: 10,
  starts: 5,
};

/** For a look: one round of everything takes some minutes. */
export const QUICK_PLAN: Plan = {
  warmUpS: 1,
  warmAgainS: 0,
  loadTurns: 1,
  measureS: 1,
  bulkBytes: 512 * 1024 * 1024,
  idleConnections: 2_000,
  settleMs: 500,
  roundTrips: 250,
  roundTripTurns: 1,
  starts: 2,
};
