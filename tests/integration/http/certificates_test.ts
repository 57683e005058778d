import assert from "node:assert/strict";
import type { IssueOptions } from "../../kit/certificates.ts";
import { eventually } from "../../kit/eventually.ts";
import { answerText, HttpTarget } from "../../kit/http_target.ts";
import { HttpClient } from "../../kit/http_client.ts";
import { launchProgram } from "../../kit/program_under_test.ts";
import { testWith } from "../../kit/programs.ts";
import { ANY_PORT, type Proxy } from "../../kit/proxy.ts";
import { within } from "../../kit/within.ts";
import { type AppInput, httpApp, TlsSetup } from "./tls_setup.ts";

/** What becomes of certificate files, and of clients that do not get through their TLS handshake. */

const BAD_FILES = "certificate files cannot be used, the old certificates stay";
const REFUSED = "config refused, the running one stays";

function target(): HttpTarget {
  return new HttpTarget(() => answerText(200, "here"));
}

/** App `api` on TLS, with the certificate of that name. */
function api(setup: TlsSetup, { address }: HttpTarget, changes: Partial<AppInput> = {}): AppInput {
  return httpApp("api", [`127.0.0.1:${address.port}`], { tls: setup.files("api"), ...changes });
}

/** Clients that ask all the time: one over one connection, one over a new connection each. */
class Asking {
  asked = 0;
  #isOver = false;
  readonly #running: Promise<unknown>;

  constructor(private readonly setup: TlsSetup, private readonly port: number) {
    this.#running = Promise.all([this.#keep(), this.#connect()]);
    this.#running.catch(() => {});
  }

  /** @throws when any request failed. */
  async stop(): Promise<void> {
    this.#isOver = true;
    await within("the clients to be served", this.#running);
  }

  async #keep(): Promise<void> {
    using client = await this.setup.client(this.port, "api.test");
    while (!this.#isOver) await this.#ask(client);
  }

  async #connect(): Promise<void> {
    while (!this.#isOver) {
      using client = await this.setup.client(this.port, "api.test");
      await this.#ask(client);
    }
  }

  async #ask(client: HttpClient): Promise<void> {
    assert.equal((await client.get()).body, "here");
    this.asked++;
  }
}

/** Waits until new clients, and no longer some of them, are shown a certificate for that name as well. */
async function shows(setup: TlsSetup, port: number, name: string): Promise<void> {
  await eventually(`the certificate for ${name}`, async () => {
    // Each data thread takes some of the clients.
    for (let i = 0; i < 6; i++) (await setup.client(port, name))[Symbol.dispose]();
    return true;
  });
}

testWith(
  ["openssl"],
  "HTTPS: certificates may be replaced in place, by renames, or behind links, under clients that go on",
  async () => {
    await using setup = await TlsSetup.create();
    await using endpoint = target();
    const { folder } = setup;
    await setup.issue("api", ["api.test", "v1.test"]);
    await using proxy = await setup.start(api(setup, endpoint));
    const port = await proxy.port("api");
    const asking = new Asking(setup, port);
    try {
      await shows(setup, port, "v1.test");

      await setup.issue("api", ["api.test", "v2.test"]);
      await shows(setup, port, "v2.test");
      await assert.rejects(setup.client(port, "v1.test"), "the old certificate is gone");

      await setup.issue("next", ["api.test", "v3.test"]);
      for (const kind of ["key", "pem"]) await Deno.rename(`${folder}/next.${kind}`, `${folder}/api.${kind}`);
      await shows(setup, port, "v3.test");

      // As Kubernetes does with a Secret: files are links through a link to a folder, and the folder is swapped.
      for (const version of ["v4", "v5"]) {
        await Deno.mkdir(`${folder}/${version}`);
        await setup.issue(`${version}/api`, ["api.test", `${version}.test`]);
      }
      const link = async (from: string, to: string): Promise<void> => {
        await Deno.symlink(to, `${folder}/${from}.tmp`);
        await Deno.rename(`${folder}/${from}.tmp`, `${folder}/${from}`);
      };
      await link("data", "v4");
      for (const kind of ["key", "pem"]) await link(`api.${kind}`, `data/api.${kind}`);
      await shows(setup, port, "v4.test");
      await link("data", "v5");
      await shows(setup, port, "v5.test");
    } finally {
      await asking.stop();
    }
    assert.ok(asking.asked > 50, `${asking.asked}`);
    assert.deepEqual(proxy.logged(BAD_FILES), []);
    assert.equal((await proxy.status()).revision, 1, "no config was changed");
    assert.equal(proxy.logged("certificates replaced").length, 4);
    const { connections_closed_total } = (await proxy.app("api")).counters;
    // Those who looked for another name did not trust what they were shown.
    const reasons = Object.keys(connections_closed_total).filter((reason) => reason !== "client_abort");
    assert.deepEqual(reasons, ["done"]);
  },
);

testWith(
  ["openssl"],
  "HTTPS: a certificate that is of another key, or gone, keeps the old one, and is said once each",
  async () => {
    await using setup = await TlsSetup.create();
    await using endpoint = target();
    await setup.issue("api", ["api.test", "v1.test"]);
    await setup.issue("other", ["api.test", "v2.test"]);
    await using proxy = await setup.start(api(setup, endpoint));
    const port = await proxy.port("api");
    const { cert_file, key_file } = setup.files("api");
    const said = async (times: number, reason: RegExp): Promise<void> => {
      await eventually("the complaint", () => proxy.logged(BAD_FILES).length === times);
      assert.match(String(proxy.logged(BAD_FILES).at(-1)?.error), reason);
      await shows(setup, port, "v1.test");
    };
    await Deno.copyFile(setup.files("other").key_file, key_file);
    await said(1, /api\.key is not the key of the certificate in .*api\.pem/);
    await Deno.remove(cert_file);
    await said(2, /api\.pem does not exist/);

    // A config that comes meanwhile is refused for the same reason.
    const changed = api(setup, endpoint, { idle_timeout: "5m" });
    const config = { admin: { listen: ANY_PORT }, workers: 2, engine: "auto", apps: [changed] };
    await proxy.write(JSON.stringify(config));
    await eventually("the refusal", () => proxy.logged(REFUSED).length === 1);
    await proxy.program.line(/api\.pem does not exist/);
    await shows(setup, port, "v1.test");

    await Deno.copyFile(setup.files("other").cert_file, cert_file);
    await shows(setup, port, "v2.test");
    assert.equal(proxy.logged(BAD_FILES).length, 2);
  },
);

testWith(
  ["openssl"],
  "HTTPS: a replaced pair that TLS cannot use keeps the old one, is said with its reason, and no other app notices",
  async () => {
    await using setup = await TlsSetup.create();
    await using endpoint = target();
    await setup.issue("api", ["api.test", "v1.test"]);
    await setup.issue("other", ["api.test"]);
    const other = { ...api(setup, endpoint), name: "other", tls: setup.files("other") };
    await using proxy = await setup.start(api(setup, endpoint), other);
    const port = await proxy.port("api");
    const asking = new Asking(setup, await proxy.port("other"));
    try {
      const weak: [IssueOptions, RegExp][] = [
        [{ key: "rsa1024" }, /api\.key is RSA of 1,024 bits/],
        [{ key: "secp224r1" }, /api\.key is on the curve secp224r1/],
        [{ extensions: "1.2.3.4=critical,DER:0500" }, /api\.pem and .*api\.key was tried and failed/],
      ];
      for (const [index, [options, reason]] of weak.entries()) {
        await setup.write("api", await setup.authority.issue(["api.test", "v2.test"], options));
        await eventually("the complaint", () => proxy.logged(BAD_FILES).length === index + 1);
        assert.match(String(proxy.logged(BAD_FILES).at(-1)?.error), reason);
        await shows(setup, port, "v1.test");
      }
      await setup.issue("api", ["api.test", "v3.test"]);
      await shows(setup, port, "v3.test");
    } finally {
      await asking.stop();
    }
    assert.ok(asking.asked > 20, `${asking.asked}`);
    assert.ok((await proxy.status()).threads.every(({ restarts }) => restarts === 0));
  },
);

testWith(
  ["openssl"],
  "HTTPS: files that are missing or wrong at the start: exit 2, with their place",
  async () => {
    await using setup = await TlsSetup.create();
    await using endpoint = target();
    await setup.issue("one", ["api.test"]);
    await setup.issue("two", ["api.test"]);
    const mixed = { cert_file: setup.files("one").cert_file, key_file: setup.files("two").key_file };
    const path = `${setup.folder}/apps.json`;
    const apps = [api(setup, endpoint), { ...api(setup, endpoint), name: "mixed", tls: mixed }];
    await Deno.writeTextFile(path, JSON.stringify({ apps }, null, 1));
    await using program = launchProgram(["--config", path]);
    const { code, stderr } = await program.result();
    assert.equal(code, 2);
    assert.match(stderr, /apps\.json:\d+:\d+: error: .*api\.pem does not exist/);
    assert.match(
      stderr,
      /apps\.json:\d+:\d+: error: .*two\.key is not the key of the certificate in .*one\.pem/,
    );
  },
);

testWith(
  ["openssl"],
  "HTTPS: an app may turn to TLS and back: what was begun before ends whole",
  async () => {
    await using setup = await TlsSetup.create();
    const release = Promise.withResolvers<void>();
    await using endpoint = new HttpTarget(async ({ target }) => {
      if (target === "/slow") await release.promise;
      return answerText(200, "here");
    });
    await setup.issue("api", ["api.test"]);
    const secure = api(setup, endpoint);
    const { tls: _, ...plain } = secure;
    await using proxy = await setup.start(plain);
    const port = await proxy.port("api");
    const engines = [(await proxy.app("api")).engine];
    using slow = await HttpClient.to(port);
    await slow.send("GET /slow HTTP/1.1\r\nHost: api.test\r\n\r\n");
    await eventually("the slow request", () => endpoint.requests.length === 1);

    await proxy.rollOut({ engine: "auto", apps: [secure] });
    engines.push((await proxy.app("api")).engine);
    // The threads that carried it before may take a last client.
    await shows(setup, port, "api.test");
    using first = await setup.client(port, "api.test");
    assert.equal((await first.get()).body, "here");
    assert.equal(endpoint.requests.at(-1)?.fields.get("x-forwarded-proto"), "https");
    release.resolve();
    const { body, fields } = await slow.answer();
    assert.deepEqual([body, fields.get("connection")], ["here", isEpollUsed(engines) ? "close" : undefined]);

    await proxy.rollOut({ engine: "auto", apps: [plain] });
    await eventually("plain HTTP", async () => {
      using second = await HttpClient.to(port);
      return (await second.get()).body === "here";
    });
    assert.equal(endpoint.requests.at(-1)?.fields.get("x-forwarded-proto"), "http");
    assert.deepEqual(engines.slice(1), ["deno"]);
  },
);

/** Only where the app moved to another engine its connections have to end. */
function isEpollUsed(engines: readonly string[]): boolean {
  return engines[0] === "epoll";
}

testWith(
  ["openssl"],
  "HTTPS: clients that are silent, stop half-way or speak no TLS are ended, and harm nobody",
  async () => {
    await using setup = await TlsSetup.create();
    await using endpoint = target();
    await setup.issue("api", ["api.test"]);
    await using proxy = await setup.start(api(setup, endpoint, { http: { header_timeout: "1s" } }));
    const port = await proxy.port("api");
    const raw = async (bytes: string): Promise<HttpClient> => {
      const client = await HttpClient.to(port);
      await client.send(bytes);
      return client;
    };
    using going = await setup.client(port, "api.test");
    assert.equal((await going.get()).body, "here");
    using plain = await raw("GET / HTTP/1.1\r\nHost: api.test\r\n\r\n");
    using noise = await raw("\xff\x00\xfe\x01".repeat(5000));
    using ssl2 = await raw("\x80\x2e\x01\x00\x02\x00\x15\x00\x00\x00\x10");
    const startedAt = performance.now();
    using silent = await raw("");
    // The beginning of a ClientHello that is to have 512 bytes.
    using halfway = await raw("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03");
    for (const client of [plain, noise, ssl2]) assert.doesNotMatch(await client.all(), /HTTP/);
    // One that goes in the middle of it.
    (await raw("\x16\x03\x01"))[Symbol.dispose]();
    await silent.all();
    await halfway.all();
    const elapsedMs = performance.now() - startedAt;
    assert.ok(elapsedMs > 900 && elapsedMs < 8_000, `${elapsedMs} ms`);
    assert.equal((await going.get()).body, "here");
    await assertOnlyOne(proxy);
    const [status] = (await proxy.status()).apps;
    assert.equal(status?.counters.connections_closed_total["client_abort"], 3);
    // One line a minute at most.
    const lines = proxy.logged("TLS with a client failed");
    assert.equal(lines.length, 1);
    for (const { level, app, listener, error } of lines) {
      assert.deepEqual([level, app], ["warn", "api"]);
      assert.match(String(listener), /^127\.0\.0\.1:/);
      assert.match(String(error), /TLS|SSL|wrong version|Cannot exchange data/i);
    }
  },
);

/** The client that goes on is the only one left. */
async function assertOnlyOne(proxy: Proxy): Promise<void> {
  await eventually("the others to be gone", async () => {
    const { connections, threads } = await proxy.status();
    assert.ok(threads.every(({ restarts }) => restarts === 0));
    return connections.active === 1 || connections.active;
  });
}
