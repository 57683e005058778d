import { formatHostPort } from "../../../model/address.ts";
import type { ProbeKind, RunProbe } from "./probe.ts";

/** What the program gets of the proxy's environment: a token of the proxy's is none of its business. */
const INHERITED = ["PATH", "HOME", "LANG", "TZ"];

/** Runs a program, without a shell; its exit code is the result. */
export const execProbe: ProbeKind = {
  name: "exec",
  isOfApp: true,
  create({ command: [program = "", ...args] }, { app, target, host }): RunProbe {
    return async ({ address, signal }) => {
      const child = new Deno.Command(program, {
        args,
        clearEnv: true,
        env: {
          ...inherited(),
          FPROXY_APP: app,
          FPROXY_TARGET: target,
          FPROXY_HOST: host,
          FPROXY_IP: address.ip,
          FPROXY_PORT: String(address.port),
          FPROXY_ADDRESS: formatHostPort(address.ip, address.port),
        },
        stdin: "null",
        stdout: "null",
        stderr: "null",
      }).spawn();
      const onAbort = (): void => kill(child);
      signal.addEventListener("abort", onAbort, { once: true });
      const { code, signal: killedBy } = await child.status;
      signal.removeEventListener("abort", onAbort);
      signal.throwIfAborted();
      return { passed: code === 0, reason: killedBy === null ? `exit code ${code}` : `ended by ${killedBy}` };
    };
  },
};

function inherited(): Record<string, string> {
  return Object.fromEntries(INHERITED.flatMap((name) => {
    const value = Deno.env.get(name);
    return value === undefined ? [] : [[name, value]];
  }));
}

function kill(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGKILL");
  } catch {
    // It has ended, and nobody has told us yet.
  }
}
