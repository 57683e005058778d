import { fileURLToPath } from "node:url";

/** Directory of the repository, with a slash at its end. */
export const REPO_ROOT: string = fileURLToPath(new URL("..", import.meta.url));
