import type { Clock } from "../base/clock.ts";
import { NetError } from "../base/errors.ts";
import type { Random } from "../base/random.ts";
import type { Engine } from "../engine/engine.ts";
import { Header } from "../model/board.ts";
import type { Board } from "../model/board.ts";
import type { Command, ListenFailure, Report } from "../model/messages.ts";
import type { AppSnapshot } from "../model/snapshot.ts";
import { Acceptor } from "./acceptor.ts";
import { Account } from "./account.ts";
import { App } from "./app.ts";
import type { ClientSession, SessionContext } from "./client_session.ts";
import { HttpApp } from "./http/http_app.ts";
import { HttpShared } from "./http/http_shared.ts";
import { Picker } from "./picker.ts";

type ApplyCommand = Extract<Command, { type: "apply" }>;

/** What a data thread is made from. */
export interface DataThreadOptions {
  readonly engine: Engine;
  readonly board: Board;
  /** Index of the thread: its counter rows. */
  readonly thread: number;
  readonly clock: Clock;
  readonly random: Random;
  report(report: Report): void;
}

/** One data thread: carries out control's commands and holds the apps, listeners and sessions. */
export class DataThread {
  readonly #apps = new Map<string, App>();
  readonly #acceptor: Acceptor;
  readonly #account: Account;
  readonly #http: HttpShared;
  /** Listeners that could not be bound here, by key; each `applied` tells all of them. */
  readonly #unbound = new Map<string, ListenFailure>();
  #leaving = false;
  #draining = false;
  #stopped = false;
  #closing = 0;

  constructor(private readonly options: DataThreadOptions) {
    const { engine, board, thread, clock, random } = options;
    const report = (message: Report): void => options.report(message);
    this.#account = new Account(board, thread, engine, random, report);
    this.#http = new HttpShared(engine, clock);
    const context: SessionContext = {
      engine,
      clock,
      random,
      picker: new Picker(board),
      account: this.#account,
      http: this.#http,
      idPrefix: `${Atomics.add(board.words, Header.threadStarts, 1).toString(36)}-`,
      onEnded: (session: ClientSession) => {
        this.#acceptor.sessions.delete(session);
        if (this.#leaving) this.#maybeStopped();
      },
    };
    this.#acceptor = new Acceptor(context, this.#account, report);
  }

  /** Carries out one command. */
  handle(command: Command): void {
    switch (command.type) {
      case "apply":
        return this.#apply(command);
      case "retire":
        return this.#leave();
      case "drain":
        this.#draining = true;
        return this.#leave();
      case "stop":
        return this.options.report({ type: "stopped" });
      case "crash":
        throw new Error("This data thread was told to crash");
    }
  }

  #apply({ revision, apps: changed, removed, sockets }: ApplyCommand): void {
    const gone = new Set<string>();
    const touched = new Set([...removed, ...changed.map((app) => app.name)]);
    for (const name of touched) {
      for (const listener of this.#apps.get(name)?.snapshot.listeners ?? []) gone.add(listener.key);
    }
    for (const name of removed) this.#apps.delete(name);
    for (const snapshot of changed) {
      const app = this.#newApp(snapshot);
      this.#apps.set(snapshot.name, app);
      for (const listener of snapshot.listeners) gone.delete(listener.key);
      if (!this.#leaving) this.#claimListeners(app, sockets);
    }
    for (const key of gone) {
      this.#unbound.delete(key);
      // What waited in the queue becomes sessions only now.
      this.#closeListener(key, () => this.#drainOrphans(touched));
    }
    this.#drainOrphans(touched);
    this.#retainPools();
    this.options.report({ type: "applied", revision, failures: [...this.#unbound.values()] });
  }

  #newApp(snapshot: AppSnapshot): App {
    const { board, engine } = this.options;
    const before = this.#apps.get(snapshot.name)?.http ?? null;
    const { http } = snapshot;
    return new App(
      snapshot,
      board,
      http === null ? null : new HttpApp(snapshot, http, this.#http, before, engine.now()),
    );
  }

  /** Connections to endpoints that no app has any more are closed. */
  #retainPools(): void {
    const endpoints = [...this.#apps.values()].flatMap((app) => app.http?.endpoints ?? []);
    this.#http.pools.retain(new Set(endpoints.map(({ pool }) => pool)));
  }

  /** Takes over the app's listen addresses: one that is bound already only changes its owner. */
  #claimListeners(app: App, sockets: ApplyCommand["sockets"]): void {
    for (const snapshot of app.snapshot.listeners) {
      this.#unbound.delete(snapshot.key);
      try {
        this.#acceptor.claim(snapshot, app, sockets === undefined ? undefined : sockets[snapshot.key] ?? []);
      } catch (error) {
        if (!(error instanceof NetError)) throw error;
        const { code, message } = error;
        this.#unbound.set(snapshot.key, { app: app.snapshot.name, listener: snapshot.key, code, message });
      }
    }
  }

  /** Drains the sessions whose app, listener or target is gone from the config. */
  #drainOrphans(touched: ReadonlySet<string>): void {
    this.#acceptor.sessions.forEach((session) => {
      const name = session.app.snapshot.name;
      if (!touched.has(name)) return;
      const app = this.#apps.get(name);
      if (app === undefined || !session.fits(app)) session.drain();
    });
  }

  #leave(): void {
    this.#leaving = true;
    for (const key of [...this.#acceptor.listeners.keys()]) this.#closeListener(key, () => this.#drainAll());
    this.#drainAll();
    this.#maybeStopped();
  }

  #closeListener(key: string, onClosed: () => void): void {
    this.#closing++;
    this.#acceptor.close(key, () => {
      this.#closing--;
      onClosed();
      if (this.#leaving) this.#maybeStopped();
    });
  }

  #drainAll(): void {
    if (!this.#draining) return;
    this.#acceptor.sessions.forEach((session) => session.drain());
  }

  #maybeStopped(): void {
    if (this.#stopped || this.#closing > 0 || this.#acceptor.sessions.size > 0) return;
    this.#stopped = true;
    this.#account.flush();
    this.options.report({ type: "stopped" });
  }
}
