import assert from "node:assert/strict";
import type { ProgramResult } from "./launched_program.ts";
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

  async write(name: string, text: string): Promise<void> {
    await Deno.writeTextFile(`${this.dir}/${name}`, text);
  }

  /** Runs `fproxy region` with these arguments; files are those of the folder. */
  async run(...args: readonly string[]): Promise<ProgramResult> {
    const placed = args.map((one) => one.endsWith(".yaml") ? `${this.dir}/${one}` : one);
    const env = { FPROXY_REGION: `${this.dir}/region.yaml`, USER: "ann", NO_COLOR: "1" };
    await using program = launchProgram(["region", ...placed], { env });
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
