// API priority and fairness (KEP-1040): who may start now, who waits, who is turned away.
import type { UserInfo } from '@kubets/api';
import type { Clock, Ms } from '@kubets/base';
import type { Reader } from '../access.ts';
import type { Value } from '../health/metric_family.ts';
import type { RequestInfo } from '../request_info.ts';
import { classify, type FlowSchema, flowOf } from './classify.ts';
import { lendSeats } from './concurrency.ts';
import type { Waiting } from './fair_queue.ts';
import { configVersion, type FlowConfig, type Level, readConfig } from './flow_config.ts';
import { createFlowMetrics, type FlowMetrics } from './flow_metrics.ts';

export interface FlowControlOptions {
  reader: Reader;
  clock: Clock;
  /** Seats of the whole server. */
  seats: number;
}

/** What a request was taken for; both uids go into the answer's headers. */
export interface Classification {
  readonly schema: FlowSchema;
  readonly level: Level;
}

export type Turn =
  | { type: 'started'; waitedMs: Ms; finish(): void }
  | { type: 'rejected'; reason: 'queue-full' | 'concurrency-limit' | 'time-out' | 'cancelled' };

/** Its signal costs something to make: only who has to wait asks for it. */
export interface Caller {
  readonly signal: AbortSignal;
}

/** As long as a request waits at most (a quarter of upstream's request timeout). */
const maxWaitMs: Ms = 15_000;
/** How often the objects are looked at, at most, and seats lent anew. */
const configEveryMs: Ms = 500;
const lendEveryMs: Ms = 10_000;
const maxRemembered = 1_000;

export class FlowControl {
  readonly metrics: FlowMetrics = createFlowMetrics();
  readonly #options: FlowControlOptions;
  #config: FlowConfig;
  #version = '';
  #configAt: Ms = Number.NEGATIVE_INFINITY;
  #lentAt: Ms = Number.NEGATIVE_INFINITY;
  #remembered = new WeakMap<UserInfo, Map<string, Classification>>();
  readonly #series = new WeakMap<Classification, StartedSeries>();

  constructor(options: FlowControlOptions) {
    this.#options = options;
    this.#config = readConfig(noObjects, options.seats);
  }

  classify(user: UserInfo, info: RequestInfo): Classification {
    this.#refresh();
    let ofUser = this.#remembered.get(user);
    if (!ofUser) this.#remembered.set(user, (ofUser = new Map()));
    const key = info.isResource
      ? `${info.verb} ${info.group} ${info.resource} ${info.subresource} ${info.namespace}`
      : `${info.verb} ${info.path}`;
    let found = ofUser.get(key);
    if (!found) {
      found = this.#classify(user, info);
      if (ofUser.size >= maxRemembered) ofUser.clear();
      ofUser.set(key, found);
    }
    return found;
  }

  /** At once, or a promise where the request has to wait. */
  admit(
    classification: Classification,
    request: { user: UserInfo; info: RequestInfo; seats: number; caller: Caller },
  ): Turn | Promise<Turn> {
    const { clock } = this.#options;
    const { schema, level } = classification;
    const seats = Math.max(1, Math.min(request.seats, level.limits.nominal || 1));
    const arrivedMs = clock.now();
    const started = (): Turn => {
      const { dispatched, executing, executingSeats } = this.#seriesOf(classification);
      dispatched.inc();
      executing.inc();
      executingSeats.inc(seats);
      return {
        type: 'started',
        waitedMs: clock.now() - arrivedMs,
        finish: () => {
          executing.inc(-1);
          executingSeats.inc(-seats);
          if (!level.exempt) level.queue.finish(seats);
        },
      };
    };
    if (level.exempt) return started();
    const labels = labelsOf(classification);
    const rejected = (reason: (Turn & { type: 'rejected' })['reason']): Turn => {
      this.metrics.rejected.with(...labels, reason).inc();
      return { type: 'rejected', reason };
    };
    let start = () => {};
    const waiting: Waiting = {
      flow: `${schema.metadata.name}\u0000${flowOf(schema, request.user, request.info)}`,
      seats,
      start: () => start(),
    };
    const answer = level.queue.add(waiting);
    if (answer === 'started') return started();
    if (answer !== 'waiting') return rejected(answer);
    this.metrics.inQueue.with(...labels).inc();
    return new Promise<Turn>((resolve) => {
      const leave = (turn: Turn) => {
        cancelTimer();
        request.caller.signal.removeEventListener('abort', gone);
        this.metrics.inQueue.with(...labels).inc(-1);
        this.metrics.waits
          .with(...labels, String(turn.type === 'started'))
          .observe((clock.now() - arrivedMs) / 1000);
        resolve(turn);
      };
      const giveUp = (reason: 'time-out' | 'cancelled') => {
        if (level.queue.cancel(waiting)) leave(rejected(reason));
      };
      const gone = () => giveUp('cancelled');
      const cancelTimer = clock.after(maxWaitMs, () => giveUp('time-out'));
      request.caller.signal.addEventListener('abort', gone, { once: true });
      start = () => leave(started());
    });
  }

  *lines(): Generator<string> {
    for (const { name, limits, queue } of this.#config.levels.values()) {
      this.metrics.nominalSeats.with(name).set(limits.nominal);
      this.metrics.lowerSeats.with(name).set(limits.lower);
      this.metrics.upperSeats.with(name).set(limits.upper);
      this.metrics.currentSeats.with(name).set(queue.limit);
    }
    for (const family of Object.values(this.metrics)) yield* family.lines();
  }

  /** True once the objects in force are those of the cluster. */
  get isConfigured(): boolean {
    return this.#version !== '';
  }

  #seriesOf(classification: Classification): StartedSeries {
    let series = this.#series.get(classification);
    if (!series) {
      const labels = labelsOf(classification);
      series = {
        dispatched: this.metrics.dispatched.with(...labels),
        executing: this.metrics.executing.with(...labels),
        executingSeats: this.metrics.executingSeats.with(...labels),
      };
      this.#series.set(classification, series);
    }
    return series;
  }

  #classify(user: UserInfo, info: RequestInfo): Classification {
    const { schemas, levels } = this.#config;
    // The mandatory catch-all matches whoever has a group; what nothing matches is treated as it is.
    const schema = classify(schemas, user, info) ?? schemas.at(-1)!;
    return { schema, level: levels.get(schema.spec.priorityLevelConfiguration.name)! };
  }

  #refresh(): void {
    const nowMs = this.#options.clock.now();
    if (nowMs - this.#configAt < configEveryMs) return;
    this.#configAt = nowMs;
    const version = configVersion(this.#options.reader);
    if (version !== this.#version) {
      this.#version = version;
      this.#config = readConfig(this.#options.reader, this.#options.seats, this.#config);
      this.#remembered = new WeakMap();
      this.#lentAt = nowMs;
      return;
    }
    if (nowMs - this.#lentAt < lendEveryMs) return;
    this.#lentAt = nowMs;
    this.#lend();
  }

  #lend(): void {
    const levels = [...this.#config.levels.values()].filter(({ exempt }) => !exempt);
    const demands = levels.map(({ limits, queue, name }) => {
      const wanted = queue.takeDemand();
      this.metrics.demandSeats.with(name).set(wanted);
      return { limits, wanted };
    });
    const seats = lendSeats(demands, this.#options.seats);
    for (const [i, { queue }] of levels.entries()) queue.setLimit(seats[i]!);
  }
}

interface StartedSeries {
  dispatched: Value;
  executing: Value;
  executingSeats: Value;
}

function labelsOf({ level, schema }: Classification): [level: string, schema: string] {
  return [level.name, schema.metadata.name];
}

const noObjects: Reader = { get: () => undefined, list: () => [] };
