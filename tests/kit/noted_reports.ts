import type { SinkReports } from "../../src/control/telemetry/outputs/sink.ts";

/** Notes what a place reports: failures by their message, and whether the last write worked. */
export class NotedReports implements SinkReports {
  readonly failures: string[] = [];
  readonly notRotatedFor: string[] = [];
  isWell = true;

  failed(error: unknown): void {
    this.isWell = false;
    this.failures.push(error instanceof Error ? error.message : String(error));
  }

  worked(): void {
    this.isWell = true;
  }

  notRotated(error: unknown): void {
    this.notRotatedFor.push(error instanceof Error ? error.message : String(error));
  }
}
