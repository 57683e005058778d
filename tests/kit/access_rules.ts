import type { AccessRules } from "../../src/control/admin/access/guard_access.ts";
import { Tokens } from "../../src/control/admin/access/tokens.ts";
import { FakeClock } from "./fake_clock.ts";
import { LogLines } from "./log_lines.ts";

/** Access by one token that may write; it may change at any time, and empty asks for none. */
export function accessBy(token: () => string, hosts: readonly string[] = []): AccessRules {
  const present = (): Tokens => {
    const tokens = new Tokens(new FakeClock(), new LogLines().log);
    tokens.configure({ token: token(), tokens: [] });
    return tokens;
  };
  return {
    tokens: {
      get areRequired(): boolean {
        return present().areRequired;
      },
      find: (shown) => present().find(shown),
    },
    hosts: () => new Set(hosts),
  };
}
