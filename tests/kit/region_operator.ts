import assert from "node:assert/strict";
import type { LaunchedProgram, ProgramResult } from "./launched_program.ts";
import { launchProgram } from "./program_under_test.ts";

/** A command starts a program, which takes its time on a slow machine. */
const COMMAND_MS = 60_000;

/** A folder with a region's file and an apps' file, and the command line on them. */
export class Operator implements AsyncDisposable {
  private constructor(private readonly dir: string) {}

  static async at(region: string): Promise<Operator> {
    const dir = await Deno.makeTempDir({ prefix: "fproxy_region_" });
    await Deno.writeTextFile(`${dir}/region.yaml`, region);
    return new Operator(dir);
  }

  /** The region's file. */
  get regionPath(): string {
    return `${this.dir}/region.yaml`;
  }

  async write(name: string, text: string): Promise<void> {
    await Deno.writeTextFile(`${this.dir}/${name}`, text);
  }

  /** Starts `fproxy region` with these arguments; files are those of the folder. Whoever starts it ends it. */
  start(...args: readonly string[]): LaunchedProgram {
    const placed = args.map((one) => one.endsWith(".yaml") ? `${this.dir}/${one}` : one);
    const env = { FPROXY_REGION: this.regionPath, USER: "ann", NO_COLOR: "1" };
    return launchProgram(["region", ...placed], { env });
  }

  /** Runs it to its end. */
  async run(...args: readonly string[]): Promise<ProgramResult> {
    await using program = this.start(...args);
    return await program.result(COMMAND_MS);
  }

  /** As {@link run}, and it has to succeed. @returns what it prints. */
  async done(...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.run(...args);
    assert.equal(code, 0, `${stdout}${stderr}`);
    return stdout;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.dir, { recursive: true });
  }
}
