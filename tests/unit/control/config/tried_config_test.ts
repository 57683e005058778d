import assert from "node:assert/strict";
import { PairTrials } from "../../../../src/control/certificates/pair_trials.ts";
import { type LoadResult, loadTriedConfig } from "../../../../src/control/config/load.ts";
import { scriptTrials } from "../../../../src/control/scripts/script_trials.ts";
import { CertificateAuthority } from "../../../kit/certificates.ts";
import { FakeClock } from "../../../kit/fake_clock.ts";
import { testWith } from "../../../kit/programs.ts";
import { testEnvironment } from "./test_environment.ts";

testWith(["openssl"], "certificates are tried, once each, and what fails is told at its place", async () => {
  await using authority = await CertificateAuthority.create();
  const [good, odd] = [await authority.issue(["good.test"]), await authority.issue(["odd.test"])];
  const files: Record<string, string> = {
    "good.pem": good.cert,
    "good.key": good.key,
    "odd.pem": odd.cert,
    "odd.key": odd.key,
  };
  const tried: string[] = [];
  const reads: string[] = [];
  const trials = new PairTrials(new FakeClock(), ({ cert }) => {
    tried.push(cert);
    return Promise.resolve({ failure: cert === odd.cert ? "it is too odd" : null, isTimeout: false });
  });
  const app = (name: string, port: number, pair: string): string =>
    `  - { name: ${name}, mode: http, ports: [${port}], targets: ["10.0.0.7:80"],\n` +
    `      tls: { cert_file: ${pair}.pem, key_file: ${pair}.key } }\n`;
  const load = (text: string): Promise<LoadResult> =>
    loadTriedConfig(text, testEnvironment({}), {
      file: "apps.yaml",
      strategies: ["round_robin"],
      readFile: (path) => {
        reads.push(path);
        return files[path] ?? "";
      },
    }, { pairs: trials, scripts: scriptTrials });

  const usable = `apps:\n${app("a", 1, "good")}${app("b", 2, "good")}`;
  assert.equal((await load(usable)).ok, true);
  assert.deepEqual(reads, ["good.pem", "good.key"], "files that apps share are read once");
  for (const text of [usable + app("c", 3, "odd"), `workers: none\n${usable}${app("c", 3, "odd")}`]) {
    const result = await load(text);
    assert.ok(!result.ok);
    const found = result.diagnostics.find(({ code }) => code === "certificate");
    assert.equal(found?.message, "a handshake with odd.pem and odd.key was tried and failed: it is too odd");
    assert.deepEqual([found?.place?.line, found?.place?.column], [text.startsWith("apps") ? 7 : 8, 25]);
  }
  assert.deepEqual(tried, [good.cert, odd.cert]);
});
