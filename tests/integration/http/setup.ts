import { type LaunchedProgram } from "../../kit/launched_program.ts";
import { within } from "../../kit/within.ts";
import { startTool } from "../tools/setup.ts";

/** `fproxy http` on a port that the system chose. */
export class HttpCommand implements AsyncDisposable {
  private constructor(readonly program: LaunchedProgram, readonly address: string) {}

  /** Starts it with these flags besides the address, and waits until it listens. */
  static async start(...flags: string[]): Promise<HttpCommand> {
    const program = startTool(["http", "-address", "127.0.0.1:0", ...flags]);
    try {
      const [, address = ""] = await program.line(/starting on: "([^"]+)"/);
      return new HttpCommand(program, address);
    } catch (error) {
      await program[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Its URL, without a slash at the end. */
  get url(): string {
    return `http://${this.address}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.program[Symbol.asyncDispose]();
  }
}

/** Starts `fproxy dummy` with these flags on a free port. @returns it, and `host:port` of it. */
export async function startDummy(...flags: string[]): Promise<{ program: LaunchedProgram; address: string }> {
  const program = startTool(["dummy", "--address", "127.0.0.1:0", ...flags]);
  try {
    const [, address = ""] = await program.line(/^listening on (\S+)$/);
    return { program, address };
  } catch (error) {
    await program[Symbol.asyncDispose]();
    throw error;
  }
}

/** Status and body of one request. */
export async function get(url: string, init: RequestInit = {}): Promise<{ status: number; body: string }> {
  const response = await within(`the answer of ${url}`, fetch(url, init));
  return { status: response.status, body: await within("its body", response.text()) };
}
