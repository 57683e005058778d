import assert from "node:assert/strict";
import { type Clock, systemClock } from "../../../../src/base/clock.ts";
import { CERTIFICATE_TIMEOUT_VERDICT_MS, CERTIFICATE_VERDICTS_MAX } from "../../../../src/base/limits.ts";
import { PairTrials } from "../../../../src/control/certificates/pair_trials.ts";
import type { Trial } from "../../../../src/control/files/trials.ts";
import { tryPair } from "../../../../src/control/certificates/try_pair.ts";
import { CertificateAuthority } from "../../../kit/certificates.ts";
import { FakeClock } from "../../../kit/fake_clock.ts";
import { testWith } from "../../../kit/programs.ts";
import { within } from "../../../kit/within.ts";

/** Trials whose outcomes the test says: a pair fails when its certificate says so. */
class Fixture {
  readonly clock = new FakeClock();
  /** Certificates that were tried, in that order. */
  readonly tried: string[] = [];
  readonly trials = new PairTrials(this.clock, ({ cert }): Promise<Trial> => {
    this.tried.push(cert);
    const isTimeout = cert === "slow" && this.tried.filter((one) => one === "slow").length === 1;
    return Promise.resolve({
      failure: isTimeout ? "too slow" : cert === "bad" ? "no good" : null,
      isTimeout,
    });
  });
}

function pair(cert: string, key = "key"): { readonly cert: string; readonly key: string } {
  return { cert, key };
}

Deno.test("a pair is tried once, by its content, whatever came of it", async () => {
  const { trials, tried } = new Fixture();
  assert.equal(trials.failure(pair("good")), undefined);
  assert.equal(await trials.settle([pair("good"), pair("good")]), false);
  assert.deepEqual(
    await Promise.all([trials.settle([pair("good"), pair("bad")]), trials.settle([pair("bad")])]),
    [true, true],
  );
  assert.equal(await trials.settle([pair("bad")]), true);
  assert.deepEqual(tried, ["good", "bad"]);
  assert.deepEqual([trials.failure(pair("good")), trials.failure(pair("bad"))], [null, "no good"]);
  await trials.settle([pair("good", "another key")]);
  assert.deepEqual(tried, ["good", "bad", "good"]);
});

Deno.test("one that took too long is refused for a while, then tried again", async () => {
  const { trials, tried, clock } = new Fixture();
  assert.equal(await trials.settle([pair("slow")]), true);
  clock.advance(CERTIFICATE_TIMEOUT_VERDICT_MS - 1);
  assert.equal(trials.failure(pair("slow")), "too slow");
  clock.advance(1);
  assert.equal(trials.failure(pair("slow")), undefined);
  assert.equal(await trials.settle([pair("slow")]), false);
  assert.equal(tried.length, 2);
});

Deno.test("what was not asked for longest is forgotten when there is too much", async () => {
  const { trials } = new Fixture();
  const pairs = Array.from({ length: CERTIFICATE_VERDICTS_MAX }, (_, i) => pair(`${i}`));
  await trials.settle(pairs);
  assert.equal(trials.failure(pair("0")), null);
  await trials.settle([pair("one more")]);
  assert.equal(trials.failure(pair("0")), null);
  assert.equal(trials.failure(pair("1")), undefined);
  assert.equal(trials.failure(pair("2")), null);
});

testWith(
  ["openssl"],
  "a trial is a real handshake: it fails for what data threads could not use",
  async () => {
    await using authority = await CertificateAuthority.create();
    const attempt = async (options: Parameters<CertificateAuthority["issue"]>[1]): Promise<string | null> => {
      const { failure, isTimeout } = await within(
        "the trial",
        tryPair(await authority.issue(["a.test"], options), systemClock),
      );
      assert.equal(isTimeout, false);
      return failure;
    };
    assert.equal(await attempt({}), null);
    assert.equal(await attempt({ key: "rsa" }), null);
    assert.equal(await attempt({ days: -1 }), null);
    assert.match(String(await attempt({ key: "rsa1024" })), /key too small/);
    assert.equal(await attempt({ key: "secp224r1" }), "unsupported protocol");
    assert.equal(await attempt({ extensions: "1.2.3.4=critical,DER:0500" }), "unsupported protocol");
  },
);

testWith(["openssl"], "a trial has a limit of time", async () => {
  await using authority = await CertificateAuthority.create();
  const hasty: Clock = {
    ...systemClock,
    timer(_delayMs, callback): () => void {
      callback();
      return () => {};
    },
  };
  assert.deepEqual(await tryPair(await authority.issue(["a.test"]), hasty), {
    failure: "no handshake within 10 s",
    isTimeout: true,
  });
});
