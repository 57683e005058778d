import { signal } from "@preact/signals";

/** Whether somebody can see the page. What nobody sees follows nothing. */
export const isVisible = signal(document.visibilityState === "visible");

document.addEventListener("visibilitychange", () => {
  isVisible.value = document.visibilityState === "visible";
});
