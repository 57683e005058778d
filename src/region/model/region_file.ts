import * as z from "zod";
import { REGION_ACCESS } from "../../model/config_region.ts";

/** The file that tells commands how a region is reached. */
export const regionFile = z.strictObject(REGION_ACCESS);
