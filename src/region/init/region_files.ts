import { nkeys } from "@nats-io/transport-node";
import { formatHostPort } from "../../model/address.ts";
import { Authority } from "./certificates.ts";
import { type Permissions, permissionsOf, type Role } from "./permissions.ts";

/** What a region is made with. */
export interface RegionPlan {
  readonly region: string;
  /** Names of the nodes. */
  readonly nodes: readonly string[];
  /** Names of the programs that have others follow the region. */
  readonly fronts: readonly string[];
  /** Addresses or names of the servers, one each; those that stand here several times get ports of their own. */
  readonly servers: readonly string[];
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
}

/** A file to write. */
export interface RegionFile {
  readonly path: string;
  readonly text: string;
  /** Whether nobody else may read it. */
  readonly isSecret: boolean;
}

interface Server {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly clusterPort: number;
}

const CLIENT_PORT = 4_222;
const CLUSTER_PORT = 6_222;

/** All files of a new region: configs of servers, certificates, users with their permissions, configs of its programs. */
export async function regionFiles(plan: RegionPlan): Promise<RegionFile[]> {
  const { region, nodes, fronts } = plan;
  const servers = plan.servers.map((host, index): Server => {
    const before = plan.servers.slice(0, index).filter((other) => other === host).length;
    return {
      name: `nats-${index + 1}`,
      host,
      port: CLIENT_PORT + before,
      clusterPort: CLUSTER_PORT + before,
    };
  });
  const authority = await Authority.make(`fproxy region ${region}`, plan.now);
  const users = [
    makeUser("operator", "operator", region),
    makeUser("control", "control", region),
    ...nodes.map((node) => makeUser(node, { node }, region)),
    ...fronts.map((front) => makeUser(front, { front }, region)),
  ];
  return [
    { path: "ca.pem", text: authority.certificate, isSecret: false },
    { path: "ca.key", text: await authority.key(), isSecret: true },
    ...(await Promise.all(servers.map((server) => serverFiles(server, servers, region, authority)))).flat(),
    { path: "users.conf", text: usersText(users), isSecret: false },
    ...users.map(({ name, seed }) => ({
      path: `${name}.nk`,
      text: `# user ${name} of region ${region}\n${seed}\n`,
      isSecret: true,
    })),
    { path: "region.yaml", text: accessText(region, servers, "operator"), isSecret: false },
    { path: "control.yaml", text: accessText(region, servers, "control"), isSecret: false },
    ...nodes.map((node) => ({
      path: `${node}.yaml`,
      text: nodeText(region, servers, node),
      isSecret: false,
    })),
    ...fronts.map((front) => ({
      path: `${front}.yaml`,
      text: frontText(region, servers, front),
      isSecret: false,
    })),
    { path: "README.md", text: readme(plan, servers), isSecret: false },
  ];
}

interface User {
  readonly name: string;
  readonly publicKey: string;
  readonly seed: string;
  readonly permissions: Permissions;
}

function makeUser(name: string, role: Role, region: string): User {
  const pair = nkeys.createUser();
  return {
    name,
    publicKey: pair.getPublicKey(),
    seed: new TextDecoder().decode(pair.getSeed()),
    permissions: permissionsOf(role, region),
  };
}

async function serverFiles(
  server: Server,
  servers: readonly Server[],
  region: string,
  authority: Authority,
): Promise<RegionFile[]> {
  const { name, host, port, clusterPort } = server;
  const { certificate, key } = await authority.issue(name, [
    ...new Set([host, "localhost", "127.0.0.1", "::1"]),
  ]);
  const tls = `{ cert_file: "${name}.pem", key_file: "${name}.key", ca_file: "ca.pem" }`;
  const routes = servers.filter((other) => other !== server)
    .map((other) => `    "tls://${formatHostPort(other.host, other.clusterPort)}"\n`);
  const text = `# Start it in this folder: nats-server -c ${name}.conf
server_name: "${name}"
listen: "${formatHostPort(host, port)}"
tls ${tls}
jetstream { store_dir: "./${name}.data" }
${
    servers.length === 1 ? "" : `cluster {
  name: "${region}"
  listen: "${formatHostPort(host, clusterPort)}"
  tls { cert_file: "${name}.pem", key_file: "${name}.key", ca_file: "ca.pem", verify: true }
  routes: [
${routes.join("")}  ]
}
`
  }include "users.conf"
`;
  return [
    { path: `${name}.conf`, text, isSecret: false },
    { path: `${name}.pem`, text: certificate, isSecret: false },
    { path: `${name}.key`, text: key, isSecret: true },
  ];
}

function usersText(users: readonly User[]): string {
  const list = (subjects: readonly string[]): string =>
    subjects.map((subject) => `        "${subject}"\n`).join("");
  const entries = users.map(({ name, publicKey, permissions }) =>
    `    # ${name}
    { nkey: "${publicKey}", permissions: {
      publish: [
${list(permissions.publish)}      ]
      subscribe: [
${list(permissions.subscribe)}      ]
    } }
`
  );
  return `# Who may do what; a node writes its own lease, states and uses alone, a front what it uses.\nauthorization {\n  users: [\n${
    entries.join("")
  }  ]\n}\n`;
}

function accessKeys(region: string, servers: readonly Server[], user: string, indent = ""): string {
  const urls = servers.map(({ host, port }) => `"tls://${formatHostPort(host, port)}"`).join(", ");
  return `${indent}region: ${region}\n${indent}servers: [${urls}]\n${indent}credentials: ${user}.nk\n${indent}ca_file: ca.pem\n`;
}

function accessText(region: string, servers: readonly Server[], user: string): string {
  const use = user === "operator" ? "fproxy region COMMAND" : "fproxy control";
  return `# How the region is reached, for \`${use} --region ${
    user === "operator" ? "region" : user
  }.yaml\`.\n${accessKeys(region, servers, user)}`;
}

function nodeText(region: string, servers: readonly Server[], node: string): string {
  return `# A node; start it in this folder, or write the paths of credentials and ca_file in full.
admin: { listen: "127.0.0.1:9901" }
state_dir: ./${node}.state
region:
${accessKeys(region, servers, node, "  ")}  name: ${node}
  zone: a # where it is: apps are spread over zones
  address: 127.0.0.1 # where fronts reach its apps
  port_range: 20000-29999
apps: []
`;
}

function frontText(region: string, servers: readonly Server[], front: string): string {
  return `# Fronts; for \`fproxy front --config ${front}.yaml\`. Write those that you have: docs/fronts.md.
region:
${accessKeys(region, servers, front, "  ")}name: ${front}
fronts:
  - type: file # or haproxy, dns
    apps: [web]
    path: ./${front}.json
`;
}

function readme({ region, nodes, fronts }: RegionPlan, servers: readonly Server[]): string {
  return `# Region ${region}

1. Bring to the machine of each server its three files (\`nats-N.conf\`, \`.pem\`, \`.key\`), \`ca.pem\` and \`users.conf\`, and start it
   there, in their folder: ${servers.map(({ name }) => `\`nats-server -c ${name}.conf\``).join(", ")}.
2. Start control, on two machines or more: \`fproxy control --region control.yaml\` beside \`control.nk\` and \`ca.pem\`. The
   first one makes the region's store.
3. Bring to each node its config, its \`.nk\` file and \`ca.pem\`; write its \`zone\`, \`address\` and \`port_range\`; start it:
   ${nodes.map((node) => `\`fproxy --config ${node}.yaml\``).join(", ")}.
4. Give the region apps: \`fproxy region apply --region region.yaml -f apps.yaml\`, and look:
   \`fproxy region status --region region.yaml\`.
${
    fronts.length === 0
      ? ""
      : `5. Where HAProxy, a DNS server or another program is to follow: say so in the config of a front, and start it beside its
   \`.nk\` file and \`ca.pem\`: ${
        fronts.map((front) => `\`fproxy front --config ${front}.yaml\``).join(", ")
      }.
`
  }
\`ca.key\` makes further certificates, and is needed nowhere: put it away. Files that end with \`.nk\` and \`.key\` are secrets. A
further node is a user more in \`users.conf\` on all servers (\`nats-server --signal reload\`).
`;
}
