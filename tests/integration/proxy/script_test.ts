import assert from "node:assert/strict";
import { REPO_ROOT } from "../../../scripts/repo_root.ts";
import type { ConfigInput } from "../../../src/model/config.ts";
import { askOnce, Client } from "../../kit/client.ts";
import { echoTarget } from "../../kit/echo_target.ts";
import { eventually } from "../../kit/eventually.ts";
import { answerText, HttpTarget } from "../../kit/http_target.ts";
import { type PacedClient, PacedClients } from "../../kit/paced_clients.ts";
import { PROGRAM } from "../../kit/program_under_test.ts";
import { ANY_PORT, Proxy } from "../../kit/proxy.ts";
import type { TcpServer } from "../../kit/tcp_server.ts";
import { get } from "../http/setup.ts";

/** A strategy of the user's own in TypeScript, in the program as users run it. */

type AppInput = ConfigInput["apps"][number];

function named(name: string): TcpServer {
  return echoTarget({ prefix: `${name}:` });
}

function at(target: { readonly port: number }): string {
  return `127.0.0.1:${target.port}`;
}

function web(file: string, targets: AppInput["targets"]): ConfigInput {
  return { apps: [{ name: "web", ports: [ANY_PORT], targets, strategy: { type: "script", file } }] };
}

/** A folder for scripts, which goes with the test. */
class Folder implements AsyncDisposable {
  readonly path = Deno.makeTempDirSync({ prefix: "fproxy_script_" });
  #written = 0;

  /** Replaces a script, as editors do. @returns its path. */
  async write(name: string, text: string): Promise<string> {
    const temporary = `${this.path}/${this.#written++}.tmp`;
    await Deno.writeTextFile(temporary, text);
    await Deno.rename(temporary, `${this.path}/${name}`);
    return `${this.path}/${name}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.path, { recursive: true });
  }
}

/** Wants an answer, whoever gives it. */
function asking(port: number): PacedClient {
  return async () => {
    if (await askOnce(port) === "") throw new Error("no answer");
  };
}

/** Always the same target. */
function always(target: number): string {
  return `interface Made { pick(): number }\nexport default (): Made => ({ pick: (): number => ${target} });\n`;
}

Deno.test("the example: large targets do the work, small ones help while these are full", async () => {
  const page = await Deno.readTextFile(`${REPO_ROOT}docs/script-strategies.md`);
  assert.ok(page.includes(await Deno.readTextFile(`${REPO_ROOT}examples/overflow.ts`)), "the page shows it");
  await using large = named("large");
  await using small = named("small");
  await using proxy = await Proxy.start(web(`${REPO_ROOT}examples/overflow.ts`, [
    at(small),
    { address: at(large), labels: { size: "large" } },
  ]));
  const port = await proxy.port("web");
  const clients: Client[] = [];
  try {
    const replies: (string | null)[] = [];
    for (let session = 0; session < 5; session++) {
      const client = await Client.to(port);
      clients.push(client);
      replies.push(await client.ask("?"));
    }
    assert.deepEqual(replies, ["large:?", "large:?", "large:?", "small:?", "small:?"]);
  } finally {
    for (const client of clients) client[Symbol.dispose]();
  }
  assert.equal((await proxy.app("web")).script?.failures_total, 0);
});

Deno.test("a script that changes is in force for the next session, under load, and no connection fails", async () => {
  await using folder = new Folder();
  await using a = echoTarget();
  await using b = echoTarget();
  const file = await folder.write("pick.ts", always(0));
  await using proxy = await Proxy.start(web(file, [at(a), at(b)]));
  const clients = new PacedClients(100, asking(await proxy.port("web")));
  const served = async (index: number): Promise<number> =>
    (await proxy.app("web")).targets[index]?.connections_total ?? 0;
  await eventually("the first target to serve", async () => await served(0) > 20);
  const before = (await proxy.app("web")).script?.hash;
  await folder.write("pick.ts", always(1));
  await eventually("the new script to be in force", async () => await served(1) > 20);
  assert.notEqual((await proxy.app("web")).script?.hash, before);

  await folder.write("pick.ts", "export default () => {\n  retur 5;\n};\n");
  await eventually(
    "the complaint",
    () => proxy.logged("a script cannot be used, the old one stays").length > 0,
  );
  const [complaint] = proxy.logged("a script cannot be used, the old one stays");
  assert.match(String(complaint?.["error"]), /pick\.ts: .*\(2:9\)/);
  const soFar = await served(1);
  await eventually("the old script to go on", async () => await served(1) > soFar + 20);
  await clients.stop();
  assert.deepEqual(clients.results.filter(({ failure }) => failure !== null), []);
  const first = await served(0);
  assert.equal(await askOnce(await proxy.port("web"), "?"), "?");
  assert.equal(await served(0), first, "nothing goes by the first script any more");
});

Deno.test("a script that throws or returns nonsense costs nobody a connection, and is counted", async () => {
  await using folder = new Folder();
  await using a = named("a");
  await using b = named("b");
  const file = await folder.write(
    "pick.ts",
    `let choice = 0;
export default class {
  pick(): unknown {
    choice++;
    if (choice === 1) return undefined;
    throw new Error("no " + choice);
  }
}
`,
  );
  await using proxy = await Proxy.start(web(file, [at(a), at(b)]));
  const port = await proxy.port("web");
  const replies: (string | null)[] = [];
  for (let session = 0; session < 20; session++) replies.push(await askOnce(port, "?"));
  assert.equal(replies.filter((reply) => reply === "a:?").length, 10, "round robin takes its place");
  assert.equal(replies.filter((reply) => reply === "b:?").length, 10);
  assert.equal((await proxy.app("web")).script?.failures_total, 20);
  const lines = proxy.logged("the script of a strategy failed, round robin chooses instead");
  assert.equal(lines.length, 1, "of all threads one line a minute");
  assert.match(String(lines[0]?.["error"]), /pick/);
});

Deno.test("in mode http a script sees the request", async () => {
  await using folder = new Folder();
  await using a = new HttpTarget(() => answerText(200, "a"));
  await using b = new HttpTarget(() => answerText(200, "b"));
  const file = await folder.write(
    "by_header.mjs",
    `export default () => ({
  pick: ({ http }) => http.method === "GET" && http.path === "/x" && http.header("x-side") === "right" ? 1 : 0,
});
`,
  );
  await using proxy = await Proxy.start({
    apps: [{
      name: "web",
      mode: "http",
      ports: [ANY_PORT],
      targets: [at(a.address), at(b.address)],
      strategy: { type: "script", file },
    }],
  });
  const port = await proxy.port("web");
  for (
    const [headers, wanted] of [[{}, "a"], [{ "X-Side": "right" }, "b"], [{ "X-Side": "left" }, "a"]] as const
  ) {
    assert.equal((await get(`http://127.0.0.1:${port}/x`, { headers })).body, wanted);
  }
});

Deno.test("check refuses a script that is no strategy, with its place", async () => {
  await using folder = new Folder();
  await folder.write("pick.ts", "export const pick = () => 0;\n");
  const config = await folder.write(
    "apps.yaml",
    'apps:\n  - { name: web, ports: [5001], targets: ["10.0.0.7:80"],\n      strategy: { type: script, file: pick.ts } }\n',
  );
  const [command = "", ...args] = PROGRAM;
  const { code, stdout, stderr } = await new Deno.Command(command, {
    args: [...args, "check", "--config", config],
    env: { NO_COLOR: "1" },
  }).output();
  const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  assert.equal(code, 2, said);
  assert.match(said, /apps\.yaml:3:39: error: \S*pick\.ts: it has no default export/);
});

Deno.test("schema --types prints the types of scripts", async () => {
  const [command = "", ...args] = PROGRAM;
  const { code, stdout } = await new Deno.Command(command, { args: [...args, "schema", "--types"] }).output();
  assert.equal(code, 0);
  assert.equal(
    new TextDecoder().decode(stdout),
    await Deno.readTextFile(`${REPO_ROOT}types/strategy.ts`),
  );
});
