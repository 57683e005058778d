import {
  type Authenticator,
  credsAuthenticator,
  nkeyAuthenticator,
  usernamePasswordAuthenticator,
} from "@nats-io/transport-node";
import { errorMessage } from "../../base/errors.ts";
import { StoreError } from "./store_error.ts";

const NKEY_SEED = /^SU[A-Z2-7]{56}$/;
const NAME_AND_PASSWORD = /^([^\s:]+):(\S+)$/;

/** What identifies this program to the servers, from a file. @throws {StoreError} where that holds nothing of the kind. */
export function readCredentials(path: string): Authenticator {
  const bytes = readSecret(path);
  const text = new TextDecoder().decode(bytes);
  if (text.includes("-----BEGIN NATS USER JWT-----")) return credsAuthenticator(bytes);
  // Comments tell whose seed it is.
  const line = text.split("\n").map((one) => one.trim()).find((one) => one !== "" && !one.startsWith("#")) ??
    "";
  if (NKEY_SEED.test(line)) return nkeyAuthenticator(new TextEncoder().encode(line));
  const [, name, password] = NAME_AND_PASSWORD.exec(line) ?? [];
  if (name !== undefined && password !== undefined) return usernamePasswordAuthenticator(name, password);
  throw new StoreError(
    "store_denied",
    `${path} holds no credentials: expected a seed of a user's NKey, a JWT with its seed, or name:password`,
  );
}

function readSecret(path: string): Uint8Array {
  try {
    return Deno.readFileSync(path);
  } catch (error) {
    throw new StoreError(
      "store_denied",
      `Cannot read the credentials in ${path}: ${errorMessage(error)}`,
      error,
    );
  }
}
