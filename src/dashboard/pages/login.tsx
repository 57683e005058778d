import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Notice } from "../parts/notice.tsx";
import { isLoggedIn, logIn } from "../state/who.ts";

/** Asks for the token. */
export function Login(): JSX.Element {
  const input = useRef<HTMLInputElement>(null);
  const failure = useSignal<string | null>(isLoggedIn() ? "The token is not known any more" : null);
  const isBusy = useSignal(false);
  useEffect(() => input.current?.focus(), []);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const text = input.current?.value.trim() ?? "";
    if (text === "") {
      failure.value = "There is no token";
      return;
    }
    isBusy.value = true;
    failure.value = await logIn(text);
    isBusy.value = false;
    input.current?.select();
  };
  return (
    <main class="login">
      <form onSubmit={(event) => void submit(event)}>
        <h1>fproxy</h1>
        <label for="token">Token</label>
        <input
          id="token"
          ref={input}
          type="password"
          autocomplete="current-password"
          spellcheck={false}
          aria-describedby="token-help"
          aria-invalid={failure.value !== null}
        />
        <p id="token-help" class="muted">
          One of <code>admin.tokens</code>, or <code>admin.token</code>{" "}
          of the config. It is kept until this tab is closed.
        </p>
        {failure.value === null ? null : <Notice severity="bad" live>{failure.value}</Notice>}
        <button type="submit" class="primary" disabled={isBusy.value}>Log in</button>
      </form>
    </main>
  );
}
