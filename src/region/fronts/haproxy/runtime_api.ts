import type { Clock } from "../../../base/clock.ts";
import { errorMessage } from "../../../base/errors.ts";
import { withDeadline } from "../../../control/dns/transport/deadline.ts";
import { formatHostPort } from "../../../model/address.ts";
import type { HostPort } from "../../../model/host_port.ts";
import { FrontError } from "../driver.ts";

/** Where a runtime API listens (`stats socket` of HAProxy's config). */
export type RuntimeAddress = HostPort | { readonly path: string };

/** Time for an answer. */
const ANSWER_MS = 5_000;
/** Largest answer: some 100,000 servers. */
const MOST_ANSWER_BYTES = 32 * 1024 * 1024;

/** HAProxy's runtime API (management guide, section 9.3): a connection for each command. */
export class RuntimeApi {
  constructor(private readonly address: RuntimeAddress, private readonly clock: Clock) {}

  /**
   * Sends a command.
   * @returns the answer, without empty lines at its end; empty where HAProxy did it and says nothing.
   * @throws {FrontError} where HAProxy is not reached, does not answer, or does not let this program.
   */
  async ask(command: string): Promise<string> {
    let answer: string;
    try {
      const never = new AbortController().signal;
      const late = "it did not answer";
      answer = await withDeadline(this.clock, ANSWER_MS, late, never, (signal) => this.#ask(command, signal));
    } catch (error) {
      throw new FrontError(`HAProxy at ${this.#where}: ${whyUnreached(error)}`, error);
    }
    if (/^Permission denied/.test(answer)) {
      throw new FrontError(
        `HAProxy at ${this.#where} does not allow "${command}": its \`stats socket\` needs \`level admin\``,
      );
    }
    if (/^Unknown command|experimental-mode/.test(answer)) {
      throw new FrontError(
        `HAProxy at ${this.#where} does not know "${command}": it has to be 2.5 or newer`,
      );
    }
    return answer;
  }

  get #where(): string {
    return "path" in this.address ? this.address.path : formatHostPort(this.address.host, this.address.port);
  }

  async #ask(command: string, signal: AbortSignal): Promise<string> {
    using connection = await this.#connect();
    const onAbort = (): void => connection.close();
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      signal.throwIfAborted();
      const bytes = new TextEncoder().encode(`${command}\n`);
      for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
      return (await readAll(connection)).trimEnd();
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  async #connect(): Promise<Deno.Conn> {
    return "path" in this.address
      ? await Deno.connect({ transport: "unix", path: this.address.path })
      : await Deno.connect({ hostname: this.address.host, port: this.address.port });
  }
}

/** HAProxy closes behind its answer. */
async function readAll(connection: Deno.Conn): Promise<string> {
  const decoder = new TextDecoder();
  const buffer = new Uint8Array(64 * 1024);
  let text = "";
  let size = 0;
  for (;;) {
    const count = await connection.read(buffer);
    if (count === null) return text + decoder.decode();
    size += count;
    if (size > MOST_ANSWER_BYTES) throw new Error("its answer is too long");
    text += decoder.decode(buffer.subarray(0, count), { stream: true });
  }
}

function whyUnreached(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) {
    return "there is no such socket; is HAProxy running, with that as its `stats socket`?";
  }
  if (error instanceof Deno.errors.ConnectionRefused) return "nobody listens there; is HAProxy running?";
  if (error instanceof Deno.errors.PermissionDenied || error instanceof Deno.errors.NotCapable) {
    return "this program may not use the socket; see `mode`, `user` and `group` of `stats socket`";
  }
  return errorMessage(error);
}
