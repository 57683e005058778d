import { tcpSettings } from "../../../model/config_tcp.ts";
import { field, list } from "./app_view.ts";
import type { Problem } from "../diagnostic.ts";
import { tlsCause } from "./http_rules.ts";
import type { Path } from "../locate.ts";
import type { RuleInput } from "./rule.ts";

/** What the engine `deno` leaves as the system has it; of `keepalive`, the times. */
const IGNORED = [
  "keepalive",
  "user_timeout",
  "defer_accept",
  "fast_open",
  "send_buffer",
  "receive_buffer",
] as const;
const DEFAULTS = tcpSettings.parse({});

/** Socket options that somebody chose for apps which are sure to be carried by the engine `deno`. */
export function ignoredOptions({ config, value, apps, locator }: RuleInput): Problem[] {
  if (config === undefined) return [];
  return apps.flatMap((app): Problem[] => {
    const { index } = app;
    const written = list(field(value, "apps"))[index];
    const settings = config.apps[index]?.tcp ?? DEFAULTS;
    const speaksTls = app.mode === "http" && tlsCause(app, written) !== null;
    if (app.engine !== "deno" && !speaksTls) return [];
    return IGNORED.filter((key) => isChosen(settings[key], DEFAULTS[key])).map((key): Problem => {
      const isOwn = field(field(written, "tcp"), key) !== undefined;
      const path: Path = isOwn ? ["apps", index, "tcp", key] : ["defaults", "tcp", key];
      return {
        severity: "warning",
        code: "engine",
        message: key === "keepalive"
          ? "the engine deno cannot set the times of tcp.keepalive: they stay as the system has them"
          : `the engine deno cannot set tcp.${key}: it stays as the system has it`,
        span: locator.value(path),
        hints: [
          speaksTls
            ? "only the engine deno has TLS"
            : 'write "engine: epoll" or "engine: auto" for apps that need it',
        ],
        ...(isOwn ? {} : {
          related: [{ message: "an app that deno carries", span: locator.value(["apps", index, "name"]) }],
        }),
      };
    });
  });
}

/** Neither what nobody asked for nor what says "none", which is what the engine does. */
function isChosen(value: unknown, byDefault: unknown): boolean {
  return value !== false && value !== 0 && JSON.stringify(value) !== JSON.stringify(byDefault);
}
