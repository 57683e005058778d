import {
  type HealthCheckConfig,
  mergeHealthCheck,
  probeTimeout,
  shortestInterval,
} from "../../../model/config_health.ts";
import { formatDuration } from "../../../base/duration.ts";
import { errorMessage } from "../../../base/errors.ts";
import type { AppConfig, TargetConfig } from "../../../model/config.ts";
import { compilePattern } from "../../availability/pattern.ts";
import type { Problem } from "../diagnostic.ts";
import type { Path } from "../locate.ts";
import { field, list } from "./app_view.ts";
import type { RuleInput } from "./rule.ts";

/** A health check as it is written somewhere, and what it comes to. */
interface Written {
  readonly path: Path;
  readonly check: HealthCheckConfig;
}

/** What is wrong with health checks beyond single values. */
export function healthChecks({ config, value, locator }: RuleInput): Problem[] {
  if (config === undefined) return [];
  const at = (path: Path, key: string): Problem["span"] => locator.key(path, key) ?? locator.value(path);
  return writtenChecks(config.apps, value).flatMap(({ path, check }): Problem[] => {
    const problem = (key: string, code: Problem["code"], message: string, ...hints: string[]): Problem => (
      { code, message, span: at(path, key), hints }
    );
    return [
      ...longTimeout(check).map((message) => problem("timeout", "value", message)),
      ...badPatterns(check).map(({ key, message, hint }) => problem(key, "value", message, ...hint)),
      ...lacks(check).map(({ key, message, hint }) => problem(key, "value", message, hint)),
      ...(check.type === "exec" && !config.admin.allow_exec
        ? [problem(
          "type",
          "exec",
          "health checks of type exec run programs, and that is not allowed",
          'write "allow_exec: true" in "admin" if whoever can write this file may run programs as the proxy\'s user',
        )]
        : []),
      ...(check.type === "exec" && config.admin.allow_exec
        ? notPermitted(check).map((message) =>
          problem("command", "exec", message, "start the program with --allow-run")
        )
        : []),
    ];
  });
}

/** Once where it is written, in `defaults`, in an app or in a target. */
function writtenChecks(apps: readonly AppConfig[], value: unknown): Written[] {
  const found: Written[] = [];
  const shared = field(field(value, "defaults"), "health_check");
  let isSharedSeen = false;
  apps.forEach((app, index) => {
    const written = list(field(value, "apps"))[index];
    const own = field(written, "health_check");
    const check = mergeHealthCheck(app.health_check, undefined);
    if (check !== null && own !== undefined) found.push({ path: ["apps", index, "health_check"], check });
    else if (check !== null && shared !== undefined && !isSharedSeen) {
      isSharedSeen = true;
      found.push({ path: ["defaults", "health_check"], check });
    }
    list(field(written, "targets")).forEach((target, at) => {
      const merged: TargetConfig | undefined = app.targets[at];
      const isOwn = typeof field(target, "health_check") === "object";
      if (isOwn && merged !== undefined && merged.health_check !== null) {
        found.push({ path: ["apps", index, "targets", at, "health_check"], check: merged.health_check });
      }
    });
  });
  return found;
}

function longTimeout(check: HealthCheckConfig): string[] {
  const [timeout, interval] = [probeTimeout(check), shortestInterval(check)];
  if (timeout <= interval) return [];
  return [
    `timeout is ${formatDuration(timeout)}, longer than the shortest interval, which is ${
      formatDuration(interval)
    }`,
  ];
}

/** A pattern must be one that takes a bounded time, whatever it is given. */
function badPatterns(
  { expect, body_match }: HealthCheckConfig,
): { readonly key: string; readonly message: string; readonly hint: string[] }[] {
  const patterns = [
    ["expect", typeof expect === "string" || !("regex" in expect) ? "" : expect.regex],
    ["body_match", body_match],
  ] as const;
  return patterns.flatMap(([key, source]) => {
    try {
      compilePattern(source);
      return [];
    } catch (error) {
      const needsBacktracking = /\(\?<?[=!]|\\[1-9k]/.test(source);
      return [{
        key,
        message: `${key}: not a regular expression: ${errorMessage(error)}`,
        hint: needsBacktracking
          ? ["look-around and references to groups backtrack without bound: the syntax of RE2 has neither"]
          : [],
      }];
    }
  });
}

/** What a type needs and has not. */
function lacks(
  { type, command, port }: HealthCheckConfig,
): { readonly key: string; readonly message: string; readonly hint: string }[] {
  if (type === "exec" && (command.length === 0 || command[0] === "")) {
    return [{
      key: "command",
      message: "a health check of type exec needs a command",
      hint: 'write the program and its arguments, as in command: ["/usr/bin/check", "--quick"]',
    }];
  }
  if (type === "agent" && port === "auto") {
    return [{
      key: "port",
      message: "a health check of type agent needs the port of the agent",
      hint: 'write "port", such as 9101: the target\'s own port carries its traffic',
    }];
  }
  return [];
}

function notPermitted({ command: [program = ""] }: HealthCheckConfig): string[] {
  const { state } = Deno.permissions.querySync({ name: "run", command: program });
  return state === "granted" ? [] : [`this program was started without permission to run ${program}`];
}
