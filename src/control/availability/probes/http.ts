import { formatHostPort } from "../../../model/address.ts";
import type { HealthCheckConfig } from "../../../model/config_health.ts";
import { endpointAuthority } from "../../../model/endpoint_url.ts";
import { compilePattern, type Matches } from "../pattern.ts";
import { MAX_ANSWER_BYTES, readUntil } from "./expectation.ts";
import { type HttpReply, readHttpReply } from "./http_reply.ts";
import { prologueOf } from "./prologue_of.ts";
import type { ProbeKind, ProbeResult, ProbeSubject, RunProbe } from "./probe.ts";
import { openSecureSocket, openSocket, type ProbeSocket } from "./probe_socket.ts";
import { endsTooSoon, tlsOf } from "./tls.ts";

/** Sends a request and looks at the answer's status, and at its body where it is told to. */
export const httpProbe: ProbeKind = {
  name: "http",
  create(check, subject): RunProbe {
    const scheme = check.scheme === "auto" ? subject.url?.scheme ?? "http" : check.scheme;
    const prologue = prologueOf(subject);
    const tls = scheme === "https" ? tlsOf(check, subject) : null;
    const request = new TextEncoder().encode(requestText(check, subject, scheme));
    const matches = check.body_match === "" ? null : compilePattern(check.body_match);
    return async ({ address, clock, signal }) => {
      if (tls === null) {
        using socket = await openSocket(address, signal, prologue);
        return await ask(socket, request, check, matches);
      }
      using socket = await openSecureSocket(address, tls, signal);
      const result = await ask(socket, request, check, matches);
      return result.passed ? endsTooSoon(socket, check.min_days, clock) ?? result : result;
    };
  },
};

function requestText(check: HealthCheckConfig, subject: ProbeSubject, scheme: "http" | "https"): string {
  const { method, path, headers } = check;
  const own = subject.domain ??
    (subject.url === null ? formatHostPort(subject.host, subject.port) : endpointAuthority(subject, scheme));
  const fields: Record<string, string> = {
    "Host": check.host === "" ? own : check.host,
    "User-Agent": "fproxy-health-check",
    "Accept": "*/*",
  };
  const written = new Set(Object.keys(headers).map((name) => name.toLowerCase()));
  const lines = [
    ...Object.entries(fields).filter(([name]) => !written.has(name.toLowerCase())),
    ...Object.entries(headers),
    ["Connection", "close"],
  ].map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${subject.url?.base_path ?? ""}${path} HTTP/1.1\r\n${lines.join("")}\r\n`;
}

async function ask(
  socket: ProbeSocket,
  request: Uint8Array,
  check: HealthCheckConfig,
  matches: Matches | null,
): Promise<ProbeResult> {
  await socket.write(request);
  let reply: HttpReply | null = null;
  // What comes of the body counts also where it goes on, or ends without a length.
  await readUntil(socket, (answer) => {
    reply = readHttpReply(answer, check.method);
    return reply !== null && (matches === null || reply.isComplete || answer.length === MAX_ANSWER_BYTES);
  });
  return judge(reply, check, matches);
}

function judge(reply: HttpReply | null, check: HealthCheckConfig, matches: Matches | null): ProbeResult {
  if (reply === null) return { passed: false, reason: "the connection ended before an answer" };
  const { status, body } = reply;
  if (!check.expected_status.some(({ first, last }) => status >= first && status <= last)) {
    return { passed: false, reason: `answered ${status}` };
  }
  if (matches === null || matches(new TextDecoder().decode(body))) {
    return { passed: true, reason: `answered ${status}` };
  }
  return { passed: false, reason: `answered ${status} with a body that does not match` };
}
