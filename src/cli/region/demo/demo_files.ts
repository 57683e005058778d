import { type DemoPlan, MOST_NODES, type PlannedNode, type PortRange, PORTS_PER_NODE } from "./demo_plan.ts";

/** A file of a demonstration. */
export interface DemoFile {
  /** In its folder. */
  readonly path: string;
  readonly text: string;
  /** Whether it is a program. */
  readonly isProgram?: boolean;
}

/** Apps that a node takes: few, so that it is soon seen what happens when they do not fit. */
const APPS_PER_NODE = 6;
/** Apps of `more.yaml`: with those that are there more than 80 % of all nodes. */
const MORE_APPS = 8;

const DRAIN = "drain_timeout: 1s";

/** All files of a demonstration. YAML is a superset of JSON: what nobody is to edit is written as that. */
export function demoFiles(plan: DemoPlan): DemoFile[] {
  const { servers, nodes, fronts } = plan;
  return [
    ...servers.map(({ name }, index) => ({ path: `${name}.conf`, text: serverText(plan, index) })),
    { path: "region.yaml", text: `servers: ${JSON.stringify(serverUrls(plan))}\n` },
    { path: "provider.yaml", text: providerText(plan) },
    ...nodes.map((node) => ({ path: `${node.name}.yaml`, text: json(nodeConfig(plan, node)) })),
    { path: "made.yaml", text: json(madeConfig(plan)) },
    ...fronts.map((_, index) => ({
      path: `${fronts[index]!.name}.yaml`,
      text: json(frontConfig(plan, index)),
    })),
    { path: "apps.yaml", text: appsText(plan, "10m") },
    { path: "change.yaml", text: appsText(plan, "5m") },
    { path: "more.yaml", text: moreText(plan) },
    { path: "fproxy", text: programText(plan), isProgram: true },
  ];
}

function serverText({ dir, servers }: DemoPlan, index: number): string {
  const { name, port, clusterPort } = servers[index]!;
  const routes = servers.filter((other) => other.name !== name).map((other) =>
    `nats://127.0.0.1:${other.clusterPort}`
  );
  return `server_name: "${name}"
listen: "127.0.0.1:${port}"
jetstream { store_dir: "${dir}/${name}.data", max_file_store: 100MB }
cluster { name: "demo", listen: "127.0.0.1:${clusterPort}", routes: ${JSON.stringify(routes)} }
`;
}

function serverUrls({ servers }: DemoPlan): string[] {
  return servers.map(({ port }) => `nats://127.0.0.1:${port}`);
}

/** What is the same for all proxies: one data thread each, since they share a machine. */
function proxyConfig(adminPort: number): Record<string, unknown> {
  return {
    admin: { listen: `127.0.0.1:${adminPort}` },
    workers: 1,
    warm_up: "off",
    access_log: { to: "none" },
  };
}

function nodeConfig(plan: DemoPlan, { name, zone, adminPort, ports }: PlannedNode): unknown {
  return {
    ...proxyConfig(adminPort),
    state_dir: `${plan.dir}/${name}.state`,
    region: {
      servers: serverUrls(plan),
      name,
      zone,
      address: "127.0.0.1",
      port_range: rangeText(ports),
      capacity: { apps: APPS_PER_NODE },
    },
    apps: [],
  };
}

/** Of all nodes that are started when apps do not fit: what is different comes from their environment. */
function madeConfig(plan: DemoPlan): unknown {
  return {
    ...proxyConfig(0),
    state_dir: `${plan.dir}/\${FPROXY_NODE}.state`,
    region: {
      servers: serverUrls(plan),
      name: "${FPROXY_NODE}",
      zone: "c",
      address: "127.0.0.1",
      port_range: "${FPROXY_PORT_RANGE}",
      capacity: { apps: APPS_PER_NODE },
    },
    apps: [],
  };
}

function frontConfig(plan: DemoPlan, index: number): unknown {
  const { name, adminPort, appPorts } = plan.fronts[index]!;
  return {
    ...proxyConfig(adminPort),
    state_dir: `${plan.dir}/${name}.state`,
    region: {
      servers: serverUrls(plan),
      name,
      address: "127.0.0.1",
      // It takes none of the region.
      capacity: { apps: 0 },
    },
    apps: plan.apps.map((app, at) => ({
      name: app,
      ports: [`127.0.0.1:${appPorts[at]}`],
      targets: [`region:${app}`],
      drain_timeout: "1s",
    })),
  };
}

function providerText({ nodes, madePorts }: DemoPlan): string {
  return `# Who makes nodes when apps do not fit: fproxy control --provider
type: process
config: made.yaml
directory: made
ports: ${rangeText(madePorts)}
ports_per_node: ${PORTS_PER_NODE}
min_nodes: ${nodes.length - 1}
max_nodes: ${MOST_NODES}
cool_down: 20s
join_timeout: 1m
`;
}

function appsText(plan: DemoPlan, idleTimeout: string): string {
  return `# fproxy region apply -f: three apps on three nodes each
defaults: { connect_timeout: 3s, idle_timeout: ${idleTimeout}, ${DRAIN} }
apps:
${plan.apps.map((app) => appText(plan, app, 3)).join("")}`;
}

function moreText(plan: DemoPlan): string {
  const apps = Array.from({ length: MORE_APPS }, (_, index) => `more-${index + 1}`);
  return `# fproxy region apply -f: apps for which there is not room enough
defaults: { connect_timeout: 3s, ${DRAIN} }
apps:
${apps.map((app) => appText(plan, app, 2)).join("")}`;
}

function appText({ targets }: DemoPlan, name: string, replicas: number): string {
  const addresses = targets.map((port) => `"127.0.0.1:${port}"`).join(", ");
  return `  - name: ${name}
    ports: ["127.0.0.1:0"]
    targets: [${addresses}]
    placement: { replicas: ${replicas} }
    rollout: { bake: 3s }
`;
}

/** A short name for this program, which knows the region: for lines to paste. */
function programText({ dir, program }: DemoPlan): string {
  const cache = Deno.env.get("DENO_DIR");
  return `#!/bin/sh
export FPROXY_REGION=${quote(`${dir}/region.yaml`)}${cache === undefined ? "" : ` DENO_DIR=${quote(cache)}`}
exec ${program.map(quote).join(" ")} "$@"
`;
}

/** One word of a shell. */
function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function rangeText({ first, last }: PortRange): string {
  return `${first}-${last}`;
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
