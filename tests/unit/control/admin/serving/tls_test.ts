import assert from "node:assert/strict";
import { type AdminCertificates, askAdmin } from "../../../../../src/cli/admin/admin_client.ts";
import { AdminFixture } from "../../../../kit/admin_fixture.ts";
import { CertificateAuthority } from "../../../../kit/certificates.ts";
import { eventually } from "../../../../kit/eventually.ts";

class TlsFixture implements AsyncDisposable {
  readonly folder = Deno.makeTempDirSync({ prefix: "fproxy_admin_tls_" });
  readonly admin = new AdminFixture();

  constructor(readonly authority: CertificateAuthority) {}

  /** @param clients whose certificates are asked for. */
  async start(clients?: CertificateAuthority): Promise<void> {
    await this.issue();
    const client_ca_file = clients?.path;
    await this.admin.server.configure({
      listen: { host: "127.0.0.1", port: 0 },
      tls: { cert_file: `${this.folder}/cert.pem`, key_file: `${this.folder}/key.pem`, client_ca_file },
    });
  }

  /** Writes a new certificate. */
  async issue(authority = this.authority): Promise<void> {
    const { cert, key } = await authority.issue(["127.0.0.1"]);
    await Deno.writeTextFile(`${this.folder}/cert.pem`, cert);
    await Deno.writeTextFile(`${this.folder}/key.pem`, key);
  }

  /** The answer's status, or why there is none. */
  async ask(certificates: AdminCertificates, tls = true): Promise<number | string> {
    const { port } = this.admin;
    const answer = await askAdmin({ host: "127.0.0.1", port, tls }, { path: "/livez", certificates }, 10_000);
    return "failure" in answer ? answer.failure : answer.status;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.admin[Symbol.asyncDispose]();
    await Deno.remove(this.folder, { recursive: true });
  }
}

Deno.test("the admin server speaks TLS, and nothing else any more", async () => {
  await using authority = await CertificateAuthority.create();
  await using fixture = new TlsFixture(authority);
  await fixture.start();
  assert.equal(await fixture.ask({ ca: authority.cert }), 200);
  assert.equal(typeof await fixture.ask({}), "string");
  assert.equal(typeof await fixture.ask({}, false), "string");
});

Deno.test("clients must show a certificate of the right authority, where one is asked for", async () => {
  await using authority = await CertificateAuthority.create();
  await using others = await CertificateAuthority.create();
  await using fixture = new TlsFixture(authority);
  await fixture.start(authority);
  const ca = authority.cert;
  assert.equal(await fixture.ask({ ca, client: await authority.issue(["client.test"]) }), 200);
  assert.equal(typeof await fixture.ask({ ca }), "string");
  assert.equal(typeof await fixture.ask({ ca, client: await others.issue(["client.test"]) }), "string");
  const expired = await authority.issue(["client.test"], { days: -1 });
  assert.equal(typeof await fixture.ask({ ca, client: expired }), "string");
});

Deno.test("a certificate that was replaced counts for new connections; one that cannot be used leaves the old one", async () => {
  await using authority = await CertificateAuthority.create();
  await using others = await CertificateAuthority.create();
  await using fixture = new TlsFixture(authority);
  await fixture.start();
  await Deno.writeTextFile(`${fixture.folder}/cert.pem`, "rubbish");
  await eventually(
    "the complaint",
    () => fixture.admin.log.lines.some(({ level, kept }) => level === "error" && kept),
  );
  assert.equal(await fixture.ask({ ca: authority.cert }), 200);
  await fixture.issue(others);
  await eventually("the new certificate", async () => await fixture.ask({ ca: others.cert }) === 200);
  assert.equal(typeof await fixture.ask({ ca: authority.cert }), "string");
});

Deno.test("a client that is silent in the handshake is sent away", async () => {
  await using authority = await CertificateAuthority.create();
  await using fixture = new TlsFixture(authority);
  await using admin = new AdminFixture({ headMs: 50 });
  await fixture.issue();
  await admin.server.configure({
    listen: { host: "127.0.0.1", port: 0 },
    tls: { cert_file: `${fixture.folder}/cert.pem`, key_file: `${fixture.folder}/key.pem` },
  });
  using silent = await admin.connect();
  await eventually("the connection", () => admin.server.connections === 1);
  assert.equal(await silent.read(new Uint8Array(10)), null);
  await eventually("no connection", () => admin.server.connections === 0);
});
