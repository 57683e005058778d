import type { Clock } from "../../../base/clock.ts";
import type { HealthCheckConfig } from "../../../model/config_health.ts";
import { nameOf } from "./name_of.ts";
import { prologueOf } from "./prologue_of.ts";
import type { ProbeKind, ProbeResult, ProbeSubject, RunProbe } from "./probe.ts";
import { openSecureSocket, type ProbeTls, type SecureProbeSocket } from "./probe_socket.ts";

const DAY_MS = 24 * 3600 * 1000;

/** Makes a TLS handshake, and looks at how long the certificate is still good. */
export const tlsProbe: ProbeKind = {
  name: "tls",
  create(check, subject): RunProbe {
    const tls = tlsOf(check, subject);
    return async ({ address, clock, signal }) => {
      using socket = await openSecureSocket(address, tls, signal);
      return endsTooSoon(socket, check.min_days, clock) ?? { passed: true, reason: "handshake done" };
    };
  },
};

/** How a probe of the target speaks TLS. */
export function tlsOf(check: HealthCheckConfig, subject: ProbeSubject): ProbeTls {
  return {
    serverName: check.host === "" ? nameOf(subject.domain ?? subject.host) : check.host,
    caCerts: subject.caCerts,
    insecureSkipVerify: check.insecure_skip_verify,
    prologue: prologueOf(subject),
  };
}

/** The failure when the certificate is not good for as many days as it has to be; null when it is. */
export function endsTooSoon(
  { certificateEndsAt }: Pick<SecureProbeSocket, "certificateEndsAt">,
  minDays: number,
  clock: Pick<Clock, "wallTime">,
): ProbeResult | null {
  if (minDays === 0) return null;
  const days = Math.floor((certificateEndsAt - clock.wallTime()) / DAY_MS);
  return days < minDays ? { passed: false, reason: `the certificate runs out in ${days} days` } : null;
}
