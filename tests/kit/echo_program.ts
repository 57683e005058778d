import { eventually } from "./eventually.ts";
import type { LaunchedProgram } from "./launched_program.ts";
import { launchProgram } from "./program_under_test.ts";

/** Echo targets in a process of their own, to be killed or frozen all at once: `fproxy echo`. */
export class EchoProgram implements AsyncDisposable {
  private constructor(
    readonly program: LaunchedProgram,
    /** Where they listen. */
    readonly addresses: readonly string[],
  ) {}

  /** Starts so many. */
  static async start(count: number): Promise<EchoProgram> {
    const listen = Array.from({ length: count }, () => ["--listen", "127.0.0.1:0"]).flat();
    const program = launchProgram(["echo", ...listen]);
    const addresses = (): string[] =>
      [...program.stdout.matchAll(/listening on (\S+)\n/g)].map(([, address = ""]) => address);
    await eventually("the echo servers", () => addresses().length === count);
    return new EchoProgram(program, addresses());
  }

  /** They are gone, without a word to anybody. */
  async crash(): Promise<void> {
    this.program.kill("SIGKILL");
    await this.program.result();
  }

  /** They stand still; the kernel goes on accepting for them. */
  freeze(): void {
    this.program.kill("SIGSTOP");
  }

  /** They go on. */
  thaw(): void {
    this.program.kill("SIGCONT");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Nobody who stands still hears that it shall end.
    this.thaw();
    await this.program[Symbol.asyncDispose]();
  }
}
