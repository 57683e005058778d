import { type Clock, systemClock } from "../../base/clock.ts";
import { CERTIFICATE_TIMEOUT_VERDICT_MS, CERTIFICATE_VERDICTS_MAX } from "../../base/limits.ts";
import type { ServerCertificate } from "../../model/http_policy.ts";
import { Trials } from "../files/trials.ts";
import { tryPair } from "./try_pair.ts";

/** What became of certificates and their keys when they were tried. */
export class PairTrials extends Trials<ServerCertificate> {
  /** @param attempt how a pair is tried; tests put an answer of their own here. */
  constructor(clock: Clock = systemClock, attempt = tryPair) {
    super(clock, attempt, ({ cert, key }) => `${cert}\0${key}`, {
      timeoutVerdictMs: CERTIFICATE_TIMEOUT_VERDICT_MS,
      mostVerdicts: CERTIFICATE_VERDICTS_MAX,
    });
  }
}

/** Those of the process. */
export const pairTrials: PairTrials = new PairTrials();
