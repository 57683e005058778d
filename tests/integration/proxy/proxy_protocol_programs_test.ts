import assert from "node:assert/strict";
import { type ProxyAddresses, TlvType } from "../../../src/data/proxy_protocol/proxy_header.ts";
import { formatAddress } from "../../../src/model/address.ts";
import { LaunchedProgram } from "../../kit/launched_program.ts";
import { testWith } from "../../kit/programs.ts";
import { ANY_PORT, Proxy } from "../../kit/proxy.ts";
import { ProxyHeaderTarget } from "../../kit/proxy_header_target.ts";
import { Server } from "../../kit/servers.ts";

/**
 * PROXY headers of programs that others wrote, and for them: each sender with each receiver, and this program between them,
 * in both modes and versions. Senders are curl, HAProxy and nginx; receivers are HAProxy, nginx, and a strict target of the
 * kit, since curl receives nothing.
 */

const TRUSTED = ["127.0.0.0/8"];
/** Where distributions have it as a module of its own. */
const STREAM_MODULE = "/usr/lib/nginx/modules/ngx_stream_module.so";

/** An answer to a request of curl's, and the `ip:port` that curl had. */
interface Asked {
  readonly body: string;
  readonly client: string;
}

/** Who sends headers. */
interface Sender {
  readonly name: string;
  /** Has curl ask for `/` through it. @param port where headers are accepted. */
  ask(port: number): Promise<Asked>;
}

/** Who expects headers, and answers requests with the `ip:port` that it was told. */
interface Receiver extends AsyncDisposable {
  readonly address: string;
}

async function curl(...args: string[]): Promise<Asked> {
  const all = ["-sS", "--noproxy", "*", "-w", "\n%{local_ip}:%{local_port}", ...args];
  await using program = new LaunchedProgram({ command: "curl", args: all });
  const { code, stdout, stderr } = await program.result(30_000);
  assert.equal(code, 0, stderr);
  const end = stdout.lastIndexOf("\n");
  return { body: stdout.slice(0, end), client: stdout.slice(end + 1) };
}

function haproxy(...options: string[]): Sender {
  return {
    name: `HAProxy ${options.join(" ")}`,
    async ask(port): Promise<Asked> {
      await using server = await Server.haproxy([
        "listen front",
        "  mode tcp",
        "  bind 127.0.0.1:PORT",
        "  unique-id-format id-of-%ci:%cp",
        `  server proxy 127.0.0.1:${port} ${options.join(" ")}`,
      ].join("\n"));
      return await curl(`http://${server.address}/`);
    },
  };
}

const SENDERS: readonly Sender[] = [
  {
    name: "curl",
    ask: (port) => curl("--haproxy-protocol", `http://127.0.0.1:${port}/`),
  },
  haproxy("send-proxy"),
  haproxy("send-proxy-v2", "proxy-v2-options crc32c,unique-id"),
  {
    name: "nginx",
    async ask(port): Promise<Asked> {
      await using server = await Server.nginxWith(
        `stream { server { listen 127.0.0.1:PORT; proxy_pass 127.0.0.1:${port}; proxy_protocol on; } }`,
        [STREAM_MODULE],
      );
      return await curl(`http://${server.address}/`);
    },
  },
];

const RECEIVERS: Readonly<Record<string, () => Promise<Receiver>>> = {
  HAProxy: () =>
    Server.haproxy([
      "frontend back",
      "  mode http",
      "  bind 127.0.0.1:PORT accept-proxy",
      '  http-request return status 200 content-type text/plain lf-string "%[src]:%[src_port]"',
    ].join("\n")),
  nginx: () =>
    Server.nginxWith(
      "http { access_log off; " +
        ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) =>
          `${name}_temp_path FOLDER/${name};`
        )
          .join(" ") +
        " server { listen 127.0.0.1:PORT proxy_protocol; location / { " +
        'return 200 "$proxy_protocol_addr:$proxy_protocol_port"; } } }',
    ),
  "the kit": () => Promise.resolve(strictTarget()),
};

function strictTarget(): ProxyHeaderTarget {
  return new ProxyHeaderTarget(({ addresses }) => {
    const body = sourceOf(addresses);
    return `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`;
  });
}

function sourceOf(addresses: ProxyAddresses | null): string {
  return addresses?.kind === "inet" ? formatAddress(addresses.source) : "nobody";
}

/** Both modes, and both versions towards the target. */
const WAYS = (["tcp", "http"] as const).flatMap((mode) =>
  (["v1", "v2"] as const).map((version) => ({ name: `${mode}-${version}`, mode, version }))
);

/** The proxy with an app for each way. */
function between(target: string): Promise<Proxy> {
  return Proxy.start({
    apps: WAYS.map(({ name, mode, version }) => ({
      name,
      mode,
      ports: [ANY_PORT],
      targets: [target],
      proxy_protocol: { accept: "required", trusted: TRUSTED, send: version },
    })),
  });
}

for (const [name, start] of Object.entries(RECEIVERS)) {
  testWith(["haproxy", "nginx", "curl"], `PROXY: from curl, HAProxy and nginx to ${name}`, async () => {
    await using receiver = await start();
    await using proxy = await between(receiver.address);
    for (const sender of SENDERS) {
      for (const way of WAYS) {
        const { body, client } = await sender.ask(await proxy.port(way.name));
        assert.equal(body, client, `${sender.name}, ${way.name}`);
      }
    }
  });
}

testWith(["haproxy", "curl"], "PROXY: HAProxy's unique id is passed on", async () => {
  await using target = strictTarget();
  await using proxy = await between(target.address);
  const { client } = await haproxy("send-proxy-v2", "proxy-v2-options crc32c,unique-id").ask(
    await proxy.port("tcp-v2"),
  );
  const header = target.headers.find(({ addresses }) => sourceOf(addresses) === client);
  const id = header?.tlvs.find(({ type }) => type === TlvType.uniqueId);
  assert.equal(new TextDecoder().decode(id?.value), `id-of-${client}`);
});
