/**
 * Keeps errors that nobody handles from ending the process, which carries other people's connections: a promise that is
 * rejected and not awaited, an error in a timer.
 * @returns ends that.
 */
export function surviveErrors(onError: (error: unknown) => void): () => void {
  const onRejection = (event: PromiseRejectionEvent): void => {
    event.preventDefault();
    onError(event.reason);
  };
  const onUncaught = (event: ErrorEvent): void => {
    event.preventDefault();
    onError(event.error);
  };
  globalThis.addEventListener("unhandledrejection", onRejection);
  globalThis.addEventListener("error", onUncaught);
  return () => {
    globalThis.removeEventListener("unhandledrejection", onRejection);
    globalThis.removeEventListener("error", onUncaught);
  };
}
