/** The browser's time and timers; nothing else of the dashboard asks for them. */

/** Milliseconds since the Unix epoch. */
export function wallTime(): number {
  return Date.now();
}

/** Calls back once after `ms`. @returns what cancels it. */
export function timer(ms: number, callback: () => void): () => void {
  const id = setTimeout(callback, ms);
  return () => clearTimeout(id);
}

/** Calls back each `ms`. @returns what ends it. */
export function ticker(ms: number, callback: () => void): () => void {
  const id = setInterval(callback, ms);
  return () => clearInterval(id);
}

/** A number in [0, 1), for back-offs of several browsers to spread out. */
export function chance(): number {
  return Math.random();
}
