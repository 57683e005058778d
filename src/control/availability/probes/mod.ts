import { Registry } from "../../../base/registry.ts";
import { agentProbe } from "./agent.ts";
import { dnsProbe } from "./dns.ts";
import { execProbe } from "./exec.ts";
import { httpProbe } from "./http.ts";
import type { ProbeKind } from "./probe.ts";
import { tcpProbe } from "./tcp.ts";
import { tlsProbe } from "./tls.ts";

/** Every kind of probe, by the name that it has in the config. */
export const probes: Registry<ProbeKind> = new Registry<ProbeKind>("probe", [
  tcpProbe,
  httpProbe,
  tlsProbe,
  dnsProbe,
  execProbe,
  agentProbe,
]);
