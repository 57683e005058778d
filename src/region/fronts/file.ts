import { resolve } from "node:path";
import * as z from "zod";
import { errorMessage } from "../../base/errors.ts";
import { replaceFile } from "../../base/replace_file.ts";
import { duration, filePath } from "../../model/config_values.ts";
import {
  appName,
  COMMON_SETTINGS,
  type DriverKind,
  type DriverParts,
  type FrontDriver,
  FrontError,
  type FrontReplicas,
} from "./driver.ts";
import { renderJson, renderTemplate } from "./file/render.ts";
import { runCommand } from "./file/run_command.ts";

const COMMAND_FORMS = 'expected a program and its arguments, such as ["nginx", "-s", "reload"]';
const NEW_FILE_MODE = 0o644;

const settings = z.strictObject({
  type: z.literal("file"),
  ...COMMON_SETTINGS,
  apps: z.array(appName).min(1, { error: "expected one app at least" }),
  path: filePath.min(1, { error: "must name a file" }),
  template: filePath.min(1, { error: "must name a file" }).optional(),
  command: z.array(z.string(), { error: COMMAND_FORMS }).min(1, { error: COMMAND_FORMS }).optional(),
  timeout: duration(100, 600_000).prefault("10s"),
});

type Settings = z.output<typeof settings>;

/** Any program that reads a file: it is written, and then a command is run. */
export const fileFronts: DriverKind<typeof settings> = {
  type: "file",
  settings,
  // The file, or its template, may have been changed by others.
  checkMs: 10_000,
  appsOf: ({ apps }) => apps,
  open: (own, parts) => new FileFront(own, parts),
};

class FileFront implements FrontDriver {
  readonly #path: string;
  /** Whether the command has to run. At first nobody knows whether it did after the file was written last. */
  #isCommandDue = true;

  constructor(private readonly own: Settings, private readonly parts: DriverParts) {
    this.#path = resolve(parts.folder, own.path);
  }

  async apply(replicas: FrontReplicas): Promise<number> {
    const text = await this.#render(replicas);
    if (await this.#isOther(text)) {
      this.#isCommandDue = true;
      await this.#write(text);
    }
    const { command, timeout: timeoutMs } = this.own;
    if (this.#isCommandDue && command !== undefined) {
      await runCommand(command, { folder: this.parts.folder, timeoutMs, clock: this.parts.clock });
    }
    this.#isCommandDue = false;
    return 0;
  }

  async #render(replicas: FrontReplicas): Promise<string> {
    const { template } = this.own;
    if (template === undefined) return renderJson(replicas);
    try {
      return renderTemplate(await Deno.readTextFile(resolve(this.parts.folder, template)), replicas);
    } catch (error) {
      throw new FrontError(`Cannot use the template ${template}: ${errorMessage(error)}`, error);
    }
  }

  async #isOther(text: string): Promise<boolean> {
    try {
      return await Deno.readTextFile(this.#path) !== text;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return true;
      throw new FrontError(`Cannot read ${this.#path}: ${errorMessage(error)}`, error);
    }
  }

  async #write(text: string): Promise<void> {
    try {
      // A link stays one: what it leads to is replaced.
      const path = await Deno.realPath(this.#path).catch(() => this.#path);
      const mode = await Deno.stat(path).then((info) => info.mode ?? NEW_FILE_MODE, () => NEW_FILE_MODE);
      await replaceFile(path, text, mode & 0o777);
    } catch (error) {
      throw new FrontError(`Cannot write ${this.#path}: ${errorMessage(error)}`, error);
    }
  }
}
