import assert from "node:assert/strict";
import { eventually } from "../../kit/eventually.ts";
import { LaunchedProgram } from "../../kit/launched_program.ts";
import { HttpClient } from "../../kit/http_client.ts";
import { answerText, HttpTarget } from "../../kit/http_target.ts";
import { pass } from "../../kit/over_time.ts";
import { say, testWith } from "../../kit/programs.ts";
import { ANY_PORT, Proxy } from "../../kit/proxy.ts";
import { writeAll } from "../../kit/tcp_server.ts";
import { within } from "../../kit/within.ts";

/** Length of each attack, seconds. */
const LENGTH_S = 5;
/** Connections of each attack at least. */
const CONNECTIONS = 200;
const AT_ONCE = ["-c", `${CONNECTIONS}`, "-r", `${CONNECTIONS}`];
/** Between two requests of the normal client, milliseconds. */
const PAUSE_MS = 40;
/** More than the sockets on the way take in, so that a client who does not read holds the proxy up. */
const LARGE = new TextEncoder().encode(answerText(200, "x".repeat(1024 * 1024)));

/** One mode of slowhttptest, and the app that it is aimed at. */
interface Attack {
  readonly name: string;
  readonly flags: readonly string[];
  /** The app's limits; empty for those that it is shipped with. */
  readonly http: { readonly header_timeout?: string; readonly body_timeout?: string };
  readonly path: string;
  /** Whether the limits end its connections within the time of the test. */
  readonly isEnded: boolean;
}

const ATTACKS: readonly Attack[] = [
  {
    name: "slow heads",
    flags: [...AT_ONCE, "-H", "-i", "1", "-x", "10"],
    http: { header_timeout: "2s" },
    path: "/",
    isEnded: true,
  },
  {
    name: "slow bodies",
    flags: [...AT_ONCE, "-B", "-i", "3", "-s", "8192"],
    http: { body_timeout: "2s" },
    path: "/",
    isEnded: true,
  },
  {
    // Each connection is one request, and over with its answer.
    name: "ranges",
    flags: ["-c", "1000", "-r", "200", "-R", "-a", "5", "-b", "1500"],
    http: {},
    path: "/",
    isEnded: false,
  },
  {
    name: "slow reading",
    flags: [...AT_ONCE, "-X", "-w", "1", "-y", "512", "-n", "1", "-z", "5", "-k", "3"],
    http: {},
    path: "/large",
    isEnded: false,
  },
];

for (const engine of ["epoll", "deno"] as const) {
  testWith(
    ["slowhttptest"],
    `HTTP on ${engine}: under slow heads, slow bodies, ranges and slow reading it is available throughout`,
    async () => {
      await using target = new HttpTarget(async ({ method, target, connection }) => {
        if (target === "/large") await writeAll(connection, LARGE);
        const text = answerText(200, "small");
        return target === "/large" ? "" : method === "HEAD" ? text.slice(0, -"small".length) : text;
      });
      const apps = ATTACKS.map(({ name, http }) => ({
        name: name.replace(" ", "-"),
        mode: "http" as const,
        ports: [ANY_PORT],
        targets: [`127.0.0.1:${target.address.port}`],
        http,
      }));
      await using proxy = await Proxy.start({ engine, apps });
      await Promise.all(ATTACKS.map((attack) => withstand(engine, proxy, attack)));
      const isFree = async (): Promise<boolean> => (await proxy.status()).connections.active === 0;
      await eventually("the attackers' connections to be given up", isFree);
    },
  );
}

/** Runs one attack, and a normal client beside it. */
async function withstand(engine: string, proxy: Proxy, attack: Attack): Promise<void> {
  const app = attack.name.replace(" ", "-");
  const port = await proxy.port(app);
  const file = `${proxy.folder}/${app}`;
  await using program = new LaunchedProgram({
    command: "slowhttptest",
    args: [
      ...attack.flags,
      "-l",
      `${LENGTH_S}`,
      "-g",
      "-o",
      file,
      "-u",
      `http://127.0.0.1:${port}${attack.path}`,
    ],
  });
  let isOver = false;
  const ending = program.result(60_000).finally(() => isOver = true);
  const times: number[] = [];
  while (!isOver) {
    const startedAt = performance.now();
    using client = await HttpClient.to(port);
    assert.equal((await within(`an answer during ${attack.name}`, client.get())).status, 200);
    times.push(performance.now() - startedAt);
    await pass(PAUSE_MS);
  }
  const { stdout, stderr } = await ending;
  times.sort((a, b) => a - b);
  const seconds = rows(await Deno.readTextFile(`${file}.csv`));
  const { counters } = await proxy.app(app);
  const came = Math.max(...seconds.map(({ connections }) => connections));
  const [median, late] = [quantile(times, 0.5), quantile(times, 0.95)];
  say(
    `${engine}, ${attack.name}: ${came} connections in ${seconds.length} s; ${times.length} requests beside it, ` +
      `half within ${median.toFixed(1)} ms, 95 % within ${late.toFixed(1)} ms; ` +
      `ends: ${JSON.stringify(counters.connections_closed_total)}`,
  );
  assert.ok(came >= CONNECTIONS / 2, `no attack took place: ${stdout}\n${stderr}`);
  for (const { second, isAvailable } of seconds) {
    assert.ok(isAvailable, `not available in second ${second} of ${attack.name}:\n${stdout}`);
  }
  // Generous: the clients, the endpoint and the attackers share the machine with the proxy.
  assert.ok(median < 500 && late < 2_500, `requests during ${attack.name} took ${times.join(" ")} ms`);
  if (attack.isEnded) {
    const ended = counters.connections_closed_total["idle_timeout"] ?? 0;
    assert.ok(ended >= came / 2, `${ended} of ${came} connections were ended by their limit`);
  }
}

/** What slowhttptest saw in each second: `Seconds,Closed,Pending,Connected,Service Available`. */
function rows(csv: string): { second: number; connections: number; isAvailable: boolean }[] {
  const [title, ...lines] = csv.trim().split("\n");
  assert.equal(title, "Seconds,Closed,Pending,Connected,Service Available");
  return lines.map((line) => {
    const [second = NaN, closed = NaN, _pending, open = NaN, available = NaN] = line.split(",").map(Number);
    return { second, connections: closed + open, isAvailable: available > 0 };
  });
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.ceil(share * sorted.length) - 1] ?? NaN;
}
