import * as z from "zod";
import { programName } from "../../model/config_region.ts";
import { regionFile } from "../model/region_file.ts";
import { frontName, frontSettings } from "./drivers.ts";

/** The file of `fproxy front`: how the region is reached, and which fronts follow it. */
export const frontFile = z.strictObject({
  region: regionFile,
  name: programName,
  fronts: z.array(frontSettings).min(1, { error: "expected one front at least" }),
}).superRefine(({ fronts }, context) => {
  const names = new Set<string>();
  for (const [at, front] of fronts.entries()) {
    const name = frontName(front);
    if (names.has(name)) {
      context.addIssue({
        code: "custom",
        path: ["fronts", at],
        message: `another front is called "${name}": give one of them a \`name\` of its own`,
      });
    }
    names.add(name);
  }
});

/** What the file says. */
export type FrontFile = z.output<typeof frontFile>;
