import { formatTable } from "../../table.ts";
import type { DemoPlan } from "./demo_plan.ts";
import type { ChildEnd } from "./demo_child.ts";

/** What was started, and what to try. @param pidOf process of each program. */
export function introduction(plan: DemoPlan, pidOf: (name: string) => number): string {
  const { dir, servers, controls, nodes, fronts, apps } = plan;
  const pids = (names: readonly string[]): string => names.map((name) => pidOf(name)).join(", ");
  const victim = nodes[0]!;
  const fproxy = `${dir}/fproxy`;
  const started = [
    [
      "servers",
      `${servers.length} nats-server with JetStream`,
      `pid ${pids(servers.map(({ name }) => name))}`,
    ],
    ["control", `${controls.join(" leads, ")} follows`, `pid ${pids(controls)}`],
    ...nodes.map(({ name, zone }) => [name, `node in zone ${zone}`, `pid ${pidOf(name)}`]),
    ...fronts.map(({ name, adminPort, appPorts }) => [
      name,
      `front: ${apps.map((app, at) => `${app} on port ${appPorts[at]}`).join(", ")}`,
      `pid ${pidOf(name)}, dashboard http://127.0.0.1:${adminPort}/`,
    ]),
  ];
  const things = [
    ["look at it", `${fproxy} region status`],
    ["kill a node", `kill -9 ${pidOf(victim.name)}`],
    ["apply a change", `${fproxy} region apply -f ${dir}/change.yaml`],
    ["drain a node", `${fproxy} region drain-node ${nodes[1]!.name} --wait`],
    ["want more than fits", `${fproxy} region apply -f ${dir}/more.yaml`],
    ["and less again", `${fproxy} region apply -f ${dir}/apps.yaml --prune`],
  ];
  return `
${formatTable(started)}
Logs and configs are in ${dir}. Every fproxy reaches the region with
  fproxy region status --region ${dir}/region.yaml

Try in another terminal, and see here whether a client notices:
${formatTable(things.map(([what = "", how = ""]) => [`  ${what}`, how]))}
Ctrl-C ends all of it, and removes the folder.

`;
}

/** What it means that a program ended by itself. */
export function endedText(
  { dir, nodes }: DemoPlan,
  { name, lastLine }: { readonly name: string; readonly lastLine: string },
  { code, signal }: ChildEnd,
): string {
  const how = signal === null ? `ended with code ${code}` : `was ended by ${signal}`;
  if (nodes.some((node) => node.name === name)) {
    return `${name} ${how}: its apps come to other nodes after some 10 s. To start it again:\n` +
      `  ${dir}/fproxy --config ${dir}/${name}.yaml\n`;
  }
  return `${name} ${how}; the others go on. It said last: ${lastLine}\n`;
}
