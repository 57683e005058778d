import assert from "node:assert/strict";
import { FproxyError } from "../../../../src/base/errors.ts";
import { CertificateStore } from "../../../../src/control/certificates/certificate_store.ts";
import { PairTrials } from "../../../../src/control/certificates/pair_trials.ts";
import type { AppConfig } from "../../../../src/model/config.ts";
import { type Certificate, CertificateAuthority } from "../../../kit/certificates.ts";
import { parseConfig } from "../../../kit/configs.ts";
import { eventually } from "../../../kit/eventually.ts";
import { FakeClock } from "../../../kit/fake_clock.ts";
import { LogLines } from "../../../kit/log_lines.ts";
import { testWith } from "../../../kit/programs.ts";

/** A store over files in a folder of its own, on a clock that the test moves. */
class Setup implements AsyncDisposable {
  /** Ahead, so that what is issued later is valid. */
  readonly clock = new FakeClock(Date.now() + 3_600_000);
  readonly logged = new LogLines();
  /** Names of apps, for each time that the store told a change. */
  readonly changes: string[] = [];
  readonly store: CertificateStore;

  /** Called when a certificate is tried; it tells why that fails. */
  onTrial: (pair: Certificate) => Promise<string | null> = () => Promise.resolve(null);

  private constructor(readonly folder: string, readonly authority: CertificateAuthority) {
    this.store = new CertificateStore({
      clock: this.clock,
      log: this.logged.log,
      trials: new PairTrials(
        this.clock,
        async (pair) => ({ failure: await this.onTrial(pair), isTimeout: false }),
      ),
      onChange: (apps) => void this.changes.push(apps.join()),
    });
  }

  static async create(): Promise<Setup> {
    const setup = new Setup(
      await Deno.makeTempDir({ prefix: "fproxy_certs_" }),
      await CertificateAuthority.create(),
    );
    await setup.issue("a");
    await setup.issue("b");
    return setup;
  }

  /** Writes a new certificate for an app. */
  async issue(name: string): Promise<void> {
    const { cert, key } = await this.authority.issue([`${name}.test`]);
    await Deno.writeTextFile(`${this.folder}/${name}.key`, key);
    await Deno.writeTextFile(`${this.folder}/${name}.pem`, cert);
  }

  /** Apps a and b with certificates of their own, c that trusts an authority, d without files. */
  apps(): AppConfig[] {
    const tls = (name: string): { cert_file: string; key_file: string } => (
      { cert_file: `${this.folder}/${name}.pem`, key_file: `${this.folder}/${name}.key` }
    );
    const app = { mode: "http" as const, targets: ["https://one.example"] };
    return parseConfig({
      apps: [
        { ...app, name: "a", ports: [1], tls: tls("a") },
        { ...app, name: "b", ports: [2], tls: tls("b") },
        { ...app, name: "c", ports: [3], http: { tls: { ca_file: this.authority.path } } },
        { ...app, name: "d", ports: [4] },
      ],
    }).apps;
  }

  /** Takes the apps over. */
  async commit(): Promise<void> {
    const apps = this.apps();
    this.store.commit(apps, await this.store.prepare(apps));
  }

  /** Moves the clock until something is so: events of files come in real time. */
  async until(name: string, isSo: () => boolean): Promise<void> {
    await eventually(name, () => {
      this.clock.advance(100);
      return isSo();
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.store.close();
    await Deno.remove(this.folder, { recursive: true });
    await this.authority[Symbol.asyncDispose]();
  }
}

function test(name: string, run: (setup: Setup) => Promise<void>): void {
  testWith(["openssl"], `certificates: ${name}`, async () => {
    await using setup = await Setup.create();
    await run(setup);
  });
}

test("each app has what its files hold, and a broken file is refused before anything is taken over", async (setup) => {
  const { store } = setup;
  await setup.commit();
  assert.equal(store.of("a").certificate?.cert, await Deno.readTextFile(`${setup.folder}/a.pem`));
  assert.deepEqual(store.of("c"), { certificate: null, caCerts: [setup.authority.cert] });
  assert.deepEqual(store.of("d"), { certificate: null, caCerts: [] });
  const before = store.of("a");
  await Deno.copyFile(`${setup.folder}/b.key`, `${setup.folder}/a.key`);
  await assert.rejects(
    store.prepare(setup.apps()),
    (error: unknown) =>
      error instanceof FproxyError && /App a: .*a\.key is not the key of/.test(error.message),
  );
  assert.equal(store.of("a"), before);
});

test("a replaced certificate is taken over, for the apps that use it alone", async (setup) => {
  await setup.commit();
  await setup.issue("a");
  await setup.until("the change", () => setup.changes.length > 0);
  assert.deepEqual(setup.changes, ["a"]);
  assert.equal(setup.store.of("a").certificate?.cert, await Deno.readTextFile(`${setup.folder}/a.pem`));
  assert.deepEqual(setup.logged.messages, ["certificates replaced"]);
});

test("files that are replaced by links or renames are seen", async (setup) => {
  const { folder } = setup;
  await setup.issue("new");
  for (const kind of ["pem", "key"]) {
    await Deno.rename(`${folder}/a.${kind}`, `${folder}/old.${kind}`);
    await Deno.symlink(`old.${kind}`, `${folder}/a.${kind}`);
  }
  await setup.commit();
  for (const kind of ["pem", "key"]) {
    await Deno.symlink(`new.${kind}`, `${folder}/tmp`);
    await Deno.rename(`${folder}/tmp`, `${folder}/a.${kind}`);
  }
  await setup.until("the change", () => setup.changes.length > 0);
  assert.equal(setup.store.of("a").certificate?.cert, await Deno.readTextFile(`${folder}/new.pem`));
});

test("a bad file is complained about once, and the old certificate stays", async (setup) => {
  await setup.commit();
  const before = setup.store.of("a");
  await Deno.writeTextFile(`${setup.folder}/a.pem`, "no certificate");
  await setup.until("the complaint", () => setup.logged.lines.length > 0);
  await Deno.writeTextFile(`${setup.folder}/a.pem`, "no certificate");
  await setup.issue("b");
  await setup.until("the change of another app", () => setup.changes.length > 0);
  assert.deepEqual(setup.changes, ["b"]);
  assert.deepEqual(setup.logged.messages, [
    "certificate files cannot be used, the old certificates stay",
    "certificates replaced",
  ]);
  assert.match(String(setup.logged.lines[0]?.error), /a\.pem has no certificate in it/);
  assert.equal(setup.store.of("a"), before);
  await setup.issue("a");
  await setup.until("the recovery", () => setup.changes.length > 1);
  assert.deepEqual(setup.changes, ["b", "a"]);
});

test("a pair of files that is replaced one after the other is no reason to complain", async (setup) => {
  await setup.commit();
  const { cert, key } = await setup.authority.issue(["a.test"]);
  await Deno.writeTextFile(`${setup.folder}/a.pem`, cert);
  // Time for the store to look at the pair that does not fit, but not to lose patience.
  let advancedMs = 0;
  await eventually("a look", () => {
    setup.clock.advance(50);
    advancedMs += 50;
    return advancedMs >= 900;
  });
  await Deno.writeTextFile(`${setup.folder}/a.key`, key);
  await setup.until("the change", () => setup.changes.length > 0);
  assert.deepEqual(setup.logged.messages, ["certificates replaced"]);
});

test("a config that is applied again reads the files again", async (setup) => {
  await setup.commit();
  const { cert, key } = await setup.authority.issue(["a.test"]);
  await Deno.writeTextFile(`${setup.folder}/a.key`, key);
  await Deno.writeTextFile(`${setup.folder}/a.pem`, cert);
  assert.equal(setup.store.differs("a", await setup.store.prepare(setup.apps())), true);
  assert.equal(setup.store.differs("b", await setup.store.prepare(setup.apps())), false);
  await setup.commit();
  assert.equal(setup.store.of("a").certificate?.cert, cert);
});

test("a config whose certificate fails when it is tried is refused", async (setup) => {
  await setup.commit();
  const before = setup.store.of("a");
  await setup.issue("a");
  setup.onTrial = () => Promise.resolve("it is too odd");
  await assert.rejects(
    setup.store.prepare(setup.apps()),
    (error: unknown) =>
      error instanceof FproxyError && error.code === "certificate" &&
      /App a: a handshake with .*a\.pem and .*a\.key was tried and failed: it is too odd/.test(error.message),
  );
  assert.equal(setup.store.of("a"), before);
});

test("a replaced certificate that fails when it is tried keeps the old one, and is said once", async (setup) => {
  await setup.commit();
  const before = setup.store.of("a");
  let tried = 0;
  setup.onTrial = () => {
    tried++;
    return Promise.resolve("it is too odd");
  };
  await setup.issue("a");
  await setup.until("the complaint", () => setup.logged.lines.length > 0);
  assert.match(
    String(setup.logged.lines[0]?.error),
    /a\.pem and .*a\.key was tried and failed: it is too odd/,
  );
  assert.equal(tried, 1);
  setup.onTrial = () => Promise.resolve(null);
  await setup.issue("b");
  await setup.until("the change of another app", () => setup.changes.length > 0);
  assert.deepEqual(setup.changes, ["b"]);
  assert.equal(setup.store.of("a"), before);
  await setup.issue("a");
  await setup.until("the recovery", () => setup.changes.length > 1);
  assert.deepEqual(setup.logged.messages, [
    "certificate files cannot be used, the old certificates stay",
    "certificates replaced",
    "certificates replaced",
  ]);
});

test("files that are replaced while they are tried are read again", async (setup) => {
  setup.onTrial = async () => {
    setup.onTrial = () => Promise.resolve(null);
    await setup.issue("a");
    return null;
  };
  await setup.commit();
  assert.equal(setup.store.of("a").certificate?.cert, await Deno.readTextFile(`${setup.folder}/a.pem`));
  setup.onTrial = async () => {
    await setup.issue("a");
    return null;
  };
  await setup.issue("a");
  await assert.rejects(setup.store.prepare(setup.apps()), /change all the time/);
});

test("what is replaced while another config waits for its turn is not lost", async (setup) => {
  await setup.commit();
  const prepared = await setup.store.prepare(setup.apps());
  await setup.issue("a");
  await setup.until("the change", () => setup.changes.length > 0);
  setup.store.commit(setup.apps(), prepared);
  assert.notEqual(setup.store.of("a").certificate?.cert, await Deno.readTextFile(`${setup.folder}/a.pem`));
  setup.clock.advance(0);
  assert.equal(setup.store.of("a").certificate?.cert, await Deno.readTextFile(`${setup.folder}/a.pem`));
  assert.deepEqual(setup.changes, ["a", "a"]);
});

test("a doubtful certificate is taken over with a warning", async (setup) => {
  await setup.commit();
  const { cert, key } = await setup.authority.issue(["a.test"], { days: -1 });
  await Deno.writeTextFile(`${setup.folder}/a.key`, key);
  await Deno.writeTextFile(`${setup.folder}/a.pem`, cert);
  await setup.until("the change", () => setup.changes.length > 0);
  assert.deepEqual(setup.logged.messages, ["a certificate file is doubtful", "certificates replaced"]);
  assert.match(String(setup.logged.lines[0]?.warning), /a\.pem has expired on/);
});
