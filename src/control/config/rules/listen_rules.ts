import { formatHostPort, isIPv6 } from "../../../model/address.ts";
import { listenAddress } from "../../../model/config_values.ts";
import { type HostPort, isLocalhost, isLoopback, type ListenAddress } from "../../../model/host_port.ts";
import { ListenClaims } from "../../listen/listen_claims.ts";
import { type AppView, field } from "./app_view.ts";
import type { Problem } from "../diagnostic.ts";
import type { Path } from "../locate.ts";
import type { RuleInput } from "./rule.ts";

interface Claim {
  readonly address: ListenAddress;
  /** Who listens, for messages: `app "web"`. */
  readonly owner: string;
  readonly path: Path;
}

/**
 * No address is listened on twice, as far as that can be told without looking names up; what they turn out to be counts
 * when the config is rolled out.
 */
export function listenConflicts({ value, locator, apps }: RuleInput): Problem[] {
  const known = new ListenClaims<Claim>();
  const problems: Problem[] = [];
  for (const claim of claims(value, apps)) {
    const other = known.claim(claim.address, claim);
    if (other === undefined) continue;
    problems.push({
      code: "listen_conflict",
      message: conflictMessage(claim, other),
      span: locator.value(claim.path),
      related: [{ message: "first used here", span: locator.value(other.path) }],
    });
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

function conflictMessage(claim: Claim, other: Claim): string {
  const text = formatListen(claim.address);
  const otherText = formatListen(other.address);
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
            formatListen(listener)
          }: ` +
          "connections would go round in a loop",
        span: locator.value(["apps", app.index, "targets", index]),
        related: [{ message: "the listener", span: locator.value(["apps", app.index, "ports", at]) }],
      }];
    })
  );
}

/** Whether connecting to the target certainly ends at the listener, on any machine. */
function reaches(target: HostPort, listener: ListenAddress): boolean {
  if (target.port !== listener.port) return false;
  if (target.host === listener.host) return true;
  const listened = isLocalhost(listener.host) ? LOOPBACK : [listener.host];
  return addressesOf(target.host).some((ip) => {
    if (listened.includes(ip)) return true;
    if (listener.host === "::") return isLoopback(ip);
    return listener.host === "0.0.0.0" && !isIPv6(ip) && isLoopback(ip);
  });
}

/** RFC 6761 section 6.3 for localhost; connecting to a wildcard address means the machine itself. */
function addressesOf(host: string): readonly string[] {
  if (isLocalhost(host)) return LOOPBACK;
  if (host === "0.0.0.0") return ["0.0.0.0", "127.0.0.1"];
  if (host === "::") return ["::", "::1"];
  return [host];
}

const LOOPBACK = ["127.0.0.1", "::1"];

function formatListen({ host, port }: ListenAddress): string {
  return formatHostPort(host, port);
}
