/** A place that a rule leaves alone. One that is no longer needed is a finding itself. */
export interface Exception {
  readonly path: string;
  readonly use: string;
  readonly reason: string;
}

/** Real time and chance outside of src/base. */
export const REAL_TIME_EXCEPTIONS: readonly Exception[] = [];

/** Waiting for time instead of for events in tests outside of tests/kit. */
export const SLEEP_EXCEPTIONS: readonly Exception[] = [
  {
    path: "tests/conformance/cases/failure.ts",
    use: "setTimeout()",
    reason: "an attempt that was cancelled must stay silent: silence has no event",
  },
  {
    path: "tests/conformance/cases/flow.ts",
    use: "setTimeout()",
    reason: "a writer that is held back makes no progress for a time: that has no event",
  },
  {
    path: "tests/conformance/cases/many.ts",
    use: "setTimeout()",
    reason: "CPU time is measured over a span of time",
  },
  { path: "tests/unit/base/clock_test.ts", use: "sleep()", reason: "sleep is what is tested" },
];
