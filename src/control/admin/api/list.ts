import * as z from "zod";

/** A parameter of a query: one value or several, between commas. */
export const list = z.string().transform((text) => text.split(",").map((one) => one.trim()).filter(Boolean));
