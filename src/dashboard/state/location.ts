import { signal } from "@preact/signals";
import { type Address, type Page, readAddress, writeAddress } from "../pure/address.ts";

/** What is shown now. It follows the address bar. */
export const address = signal<Address>(readAddress(location.hash));

addEventListener("hashchange", () => {
  address.value = readAddress(location.hash);
});

/** Goes to a page; the browser's "back" leads back. */
export function goTo(page: Page, query: Readonly<Record<string, string>> = {}): void {
  location.hash = writeAddress(page, query);
}

/** Changes what is chosen on the page. It takes the place of the address before: "back" leads to another page. */
export function choose(changes: Readonly<Record<string, string>>): void {
  const { page, query } = address.value;
  const hash = writeAddress(page, { ...query, ...changes });
  history.replaceState(null, "", hash);
  address.value = readAddress(hash);
}
