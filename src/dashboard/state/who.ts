import { signal } from "@preact/signals";
import { ask, failureText } from "../api/client.ts";
import { isTokenAsked, setToken, token } from "../api/token.ts";
import type { WhoAmI } from "../api/types.ts";

/** Who is logged in; null while that is not known. */
export const who = signal<WhoAmI | null>(null);

/** Asks who this is. What goes wrong is left to those who follow something: they say so, and try again. */
export async function findWho(): Promise<void> {
  try {
    who.value = await ask<WhoAmI>("/api/v1/whoami");
  } catch {
    who.value = null;
  }
}

/** Tries a token. @returns why it cannot be used, null where it can. */
export async function logIn(text: string): Promise<string | null> {
  try {
    const found = await ask<WhoAmI>("/api/v1/whoami", { headers: { authorization: `Bearer ${text}` } });
    setToken(text);
    who.value = found;
    isTokenAsked.value = false;
    return null;
  } catch (error) {
    return failureText(error);
  }
}

/** Forgets the token. */
export function logOut(): void {
  setToken("");
  who.value = null;
  isTokenAsked.value = true;
}

/** Whether there is a token to forget. */
export function isLoggedIn(): boolean {
  return token.value !== "";
}
