import { formatAddress, formatHostPort, isIPv6, type SocketAddress } from "../../../model/address.ts";
import { listenAddress } from "../../../model/config_values.ts";
import { type HostPort, isLoopback } from "../../../model/host_port.ts";
import { type AppView, field } from "./app_view.ts";
import type { Problem } from "../diagnostic.ts";
import type { Path } from "../locate.ts";
import type { RuleInput } from "./rule.ts";

interface Claim {
  readonly address: SocketAddress;
  /** Who listens, for messages: `app "web"`. */
  readonly owner: string;
  readonly path: Path;
}

/** Who listens on one port number. */
interface PortClaims {
  readonly byIp: Map<string, Claim>;
  firstIPv4: Claim | undefined;
  readonly first: Claim;
}

/**
 * No address is listened on twice. A wildcard takes the addresses of its family with it, and `[::]` takes IPv4 too,
 * since Linux makes it dual-stack. Port 0 never collides.
 */
export function listenConflicts({ value, locator, apps }: RuleInput): Problem[] {
  const problems: Problem[] = [];
  const ports = new Map<number, PortClaims>();
  for (const claim of claims(value, apps)) {
    const { address } = claim;
    if (address.port === 0) continue;
    const known = ports.get(address.port);
    const other = known === undefined ? undefined : conflicting(address, known);
    if (other !== undefined) {
      problems.push({
        code: "listen_conflict",
        message: conflictMessage(claim, other),
        span: locator.value(claim.path),
        related: [{ message: "first used here", span: locator.value(other.path) }],
      });
      continue;
    }
    const claimed: PortClaims = known ?? { byIp: new Map(), firstIPv4: undefined, first: claim };
    claimed.byIp.set(address.ip, claim);
    if (!isIPv6(address.ip)) claimed.firstIPv4 ??= claim;
    ports.set(address.port, claimed);
  }
  return problems;
}

function* claims(value: unknown, apps: readonly AppView[]): Iterable<Claim> {
  const admin = listenAddress.safeParse(field(field(value, "admin"), "listen")).data;
  if (admin !== undefined) yield { address: admin, owner: "the admin server", path: ["admin", "listen"] };
  for (const app of apps) {
    for (const [index, address] of app.ports.entries()) {
      if (address === undefined) continue;
      yield {
        address,
        owner: app.name === undefined ? `app ${app.index + 1}` : `app "${app.name}"`,
        path: ["apps", app.index, "ports", index],
      };
    }
  }
}

/** Looked up by hash, not compared one by one: thousands of apps may share a port on different addresses. */
function conflicting({ ip }: SocketAddress, known: PortClaims): Claim | undefined {
  if (ip === "::") return known.first;
  if (ip === "0.0.0.0") return known.byIp.get("::") ?? known.firstIPv4;
  return known.byIp.get(ip) ?? known.byIp.get("::") ?? (isIPv6(ip) ? undefined : known.byIp.get("0.0.0.0"));
}

function conflictMessage(claim: Claim, other: Claim): string {
  const text = formatAddress(claim.address);
  const otherText = formatAddress(other.address);
  if (text !== otherText) return `${text} is already listened on by ${other.owner} (as ${otherText})`;
  return `${text} is already listened on by ${claim.owner === other.owner ? "this app" : other.owner}`;
}

/** No app is its own target: each of its connections would become two. */
export function selfTargets({ apps, locator }: RuleInput): Problem[] {
  return apps.flatMap((app) =>
    app.targets.flatMap((target, index): Problem[] => {
      if (target === undefined) return [];
      const at = app.ports.findIndex((listener) => listener !== undefined && reaches(target, listener));
      const listener = app.ports[at];
      if (listener === undefined) return [];
      return [{
        code: "loop",
        message:
          `target ${formatHostPort(target.host, target.port)} is this app's own listener ${
            formatAddress(listener)
          }: ` +
          "connections would go round in a loop",
        span: locator.value(["apps", app.index, "targets", index]),
        related: [{ message: "the listener", span: locator.value(["apps", app.index, "ports", at]) }],
      }];
    })
  );
}

/** Whether connecting to the target certainly ends at the listener, on any machine. */
function reaches(target: HostPort, listener: SocketAddress): boolean {
  if (target.port !== listener.port) return false;
  return addressesOf(target.host).some((ip) => {
    if (ip === listener.ip) return true;
    if (listener.ip === "::") return isLoopback(ip);
    return listener.ip === "0.0.0.0" && !isIPv6(ip) && isLoopback(ip);
  });
}

/** RFC 6761 section 6.3 for localhost; connecting to a wildcard address means the machine itself. */
function addressesOf(host: string): readonly string[] {
  const name = host.endsWith(".") ? host.slice(0, -1) : host;
  if (name === "localhost" || name.endsWith(".localhost")) return ["127.0.0.1", "::1"];
  if (host === "0.0.0.0") return ["0.0.0.0", "127.0.0.1"];
  if (host === "::") return ["::", "::1"];
  return [host];
}
