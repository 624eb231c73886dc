// The series that a request counts in, found with one look-up.
import type { Distribution, Value } from './metric_family.ts';
import type { ServerMetrics } from './server_metrics.ts';

export interface RequestLabels {
  verb: string;
  group: string;
  version: string;
  resource: string;
  subresource: string;
  scope: string;
  component: string;
  dryRun: boolean;
}

export class RequestSeries {
  readonly longRunning: Value;
  readonly #metrics: ServerMetrics;
  readonly #values: string[];
  readonly #dryRun: string;
  readonly #isRead: boolean;
  readonly #byCode = new Map<number, Value>();
  #duration: Distribution | undefined;
  #sliDuration: Distribution | undefined;
  #sizes: Distribution | undefined;

  constructor(metrics: ServerMetrics, labels: RequestLabels) {
    const { verb, group, version, resource, subresource, scope, component, dryRun } = labels;
    this.#metrics = metrics;
    this.#values = [verb, group, version, resource, subresource, scope, component];
    this.#dryRun = dryRun ? 'All' : '';
    this.#isRead = verb === 'GET' || verb === 'LIST';
    this.longRunning = metrics.longRunning.with(...this.#values);
  }

  answered(code: number): void {
    let count = this.#byCode.get(code);
    if (!count) {
      count = this.#metrics.requests.with(...this.#values, this.#dryRun, String(code));
      this.#byCode.set(code, count);
    }
    count.inc();
  }

  /** `waitedSeconds`: of the whole time, spent in a queue. */
  timed(seconds: number, waitedSeconds: number): void {
    this.#duration ??= this.#metrics.durations.with(...this.#values, this.#dryRun);
    this.#sliDuration ??= this.#metrics.sliDurations.with(...this.#values);
    this.#duration.observe(seconds);
    this.#sliDuration.observe(Math.max(0, seconds - waitedSeconds));
  }

  /** Bytes of an answer's body. Only reads are counted. */
  sized(bytes: number): void {
    if (!this.#isRead) return;
    this.#sizes ??= this.#metrics.responseSizes.with(...this.#values);
    this.#sizes.observe(bytes);
  }

  turnedAway(code: number): void {
    this.#metrics.terminations.with(...this.#values, String(code)).inc();
  }
}
