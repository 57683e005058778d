/** The version of Deno that the program is built and tested with. */
export const DENO_VERSION = "2.9.6";
