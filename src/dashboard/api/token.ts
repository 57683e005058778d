import { signal } from "@preact/signals";

/**
 * The token of the admin API. It is kept for this tab alone, and goes out in a header only: never in an address, where
 * histories and logs would keep it.
 */

const KEY = "fproxy.token";

/** Empty where there is none. */
export const token = signal(sessionStorage.getItem(KEY) ?? "");

/** Whether the API has refused what was asked for want of a token that it knows. */
export const isTokenAsked = signal(false);

/** Takes another token, or with "" forgets the one that there is. */
export function setToken(text: string): void {
  if (text === "") sessionStorage.removeItem(KEY);
  else sessionStorage.setItem(KEY, text);
  token.value = text;
}
