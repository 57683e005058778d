import type { EngineName } from "../../../src/engine/engine.ts";
import type { Scenario } from "../protocol.ts";
import type { ProxyUnderTest } from "../proxy_under_test.ts";

/** What a file of cases gets: the engine by name, and how to start and register. */
export interface Suite {
  readonly engine: EngineName;
  /** Registers a case; it fails too when a descriptor is not given back. */
  readonly test: (name: string, run: () => Promise<void>) => void;
  /** Starts the engine in a worker. */
  readonly start: (scenario: Scenario) => Promise<ProxyUnderTest>;
}

/** Time for an attempt that is expected to succeed, milliseconds. */
export const CONNECT_TIMEOUT_MS = 10_000;
