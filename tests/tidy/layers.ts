/** Where a part of the repository stands: it imports what is lower and itself, never what stands beside it. */
export interface Layer {
  readonly level: number;
  /** The only other parts that it may import; all lower ones where this is not given. */
  readonly only?: readonly string[];
}

/** The parts and their layers, as section 7 of the design has them. A part is a folder or a single file. */
export const LAYERS: Readonly<Record<string, Layer>> = {
  "types": { level: 0 },
  "src/base": { level: 0 },
  // It runs in browsers: it is bundled by scripts, and nothing of the program imports it.
  "src/dashboard": { level: 0, only: [] },
  "src/model": { level: 1 },
  "src/strategy": { level: 2 },
  "src/engine": { level: 2 },
  "src/data": { level: 3 },
  "src/control": { level: 3 },
  "src/tools": { level: 3, only: ["src/base", "src/model", "src/engine"] },
  "src/region": { level: 4 },
  "src/cli": { level: 5 },
  "main.ts": { level: 6 },
  "scripts": { level: 6 },
  "bench": { level: 7 },
  "examples": { level: 7, only: ["types"] },
  "tests": { level: 8 },
};

/**
 * The folders that may import a package, so that it can be swapped in one place. Tests may import what they test with.
 */
export const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  "@codemirror/commands": ["src/dashboard/pages/config"],
  "@codemirror/lang-yaml": ["src/dashboard/pages/config"],
  "@codemirror/language": ["src/dashboard/pages/config"],
  "@codemirror/lint": ["src/dashboard/pages/config"],
  "@codemirror/state": ["src/dashboard/pages/config"],
  "@codemirror/view": ["src/dashboard/pages/config"],
  "@hono/node-server": ["src/control/admin"],
  "@lezer/highlight": ["src/dashboard/pages/config"],
  "@marcbachmann/cel-js": ["src/control/cel"],
  "@nats-io/jetstream": ["src/region/store"],
  "@nats-io/kv": ["src/region/store"],
  "@nats-io/transport-node": ["src/region/store", "src/region/init"],
  "@opentelemetry/api": ["src/control/telemetry/otlp"],
  "@opentelemetry/otlp-transformer": ["src/control/telemetry/otlp"],
  "@opentelemetry/sdk-metrics": ["src/control/telemetry/otlp"],
  "@peculiar/x509": ["src/region/init"],
  "@preact/signals": ["src/dashboard"],
  "axe-core": [],
  "commander": ["src/cli"],
  "d3-sankey": ["src/dashboard/pure"],
  "diff": ["src/control/rollouts"],
  "eventsource-parser": ["src/dashboard/api"],
  "fast-check": [],
  "hono": ["src/control/admin"],
  "ipaddr.js": ["src/control", "src/model", "src/region/fronts"],
  "log-update": ["src/cli/terminal"],
  "mustache": ["src/region/fronts"],
  "playwright-core": [],
  "preact": ["src/dashboard"],
  "protobufjs": [],
  "re2js": ["src/control/availability", "src/control/cel"],
  "reflect-metadata": ["src/region/init"],
  "simple-ascii-chart": ["src/cli/drawing"],
  "uplot": ["src/dashboard"],
  "yaml": ["src/control/config"],
  "zod": [
    "src/model",
    "src/control/config",
    "src/control/changes",
    "src/control/overrides",
    "src/control/rollouts",
    "src/control/admin",
    "src/region",
    "src/cli",
  ],
  "zod-openapi": ["src/control/admin"],
};

/** What is bundled for browsers begins here. */
export const DASHBOARD_ENTRY = "src/dashboard/main.tsx";

/** The module that data threads start from. They carry traffic and load no package at all. */
export const DATA_ENTRY = "src/data/worker.ts";
