// The seats of one priority level and the requests that wait for one (fair queuing by flows).
import { dealHand } from './shuffle_shard.ts';

export interface Waiting {
  readonly flow: string;
  readonly seats: number;
  start(): void;
}

export interface QueueOptions {
  /** 0: nobody waits. */
  queues: number;
  handSize: number;
  /** Of each queue. */
  queueLengthLimit: number;
}

export type Admission = 'started' | 'waiting' | 'concurrency-limit' | 'queue-full';

interface Queue {
  waiting: Waiting[];
  seatsWaiting: number;
  /** Seats given so far; who has had the least is next. */
  served: number;
}

export class FairQueue {
  #limit: number;
  #options: QueueOptions;
  readonly #queues: Queue[] = [];
  /** Hands of flows seen lately; dealing one costs a hash. */
  readonly #hands = new Map<string, number[]>();
  executingSeats = 0;
  executing = 0;
  waiting = 0;
  #seatsWaiting = 0;
  #peak = 0;
  /** What a queue that was empty starts from, so that a pause earns no credit. */
  #served = 0;

  constructor(limit: number, options: QueueOptions) {
    this.#limit = limit;
    this.#options = options;
  }

  get limit(): number {
    return this.#limit;
  }

  /** Most seats that were used and waited for at once since the last call. */
  takeDemand(): number {
    const demand = this.#peak;
    this.#peak = this.executingSeats + this.#seatsWaiting;
    return demand;
  }

  configure(limit: number, options: QueueOptions): void {
    if (options.queues !== this.#options.queues || options.handSize !== this.#options.handSize)
      this.#hands.clear();
    this.#options = options;
    this.setLimit(limit);
  }

  setLimit(limit: number): void {
    this.#limit = limit;
    if (this.waiting > 0) this.#dispatch();
  }

  add(request: Waiting): Admission {
    const free = this.executingSeats === 0 || this.executingSeats + request.seats <= this.#limit;
    if (free && this.waiting === 0) {
      this.#start(request);
      return 'started';
    }
    if (this.#options.queues === 0) return 'concurrency-limit';
    const queue = this.#shortest(request.flow);
    if (queue.waiting.length >= this.#options.queueLengthLimit) return 'queue-full';
    if (queue.waiting.length === 0) queue.served = Math.max(queue.served, this.#served);
    queue.waiting.push(request);
    queue.seatsWaiting += request.seats;
    this.waiting += 1;
    this.#seatsWaiting += request.seats;
    this.#notePeak();
    return 'waiting';
  }

  /** Gives up waiting. False: it has started already. */
  cancel(request: Waiting): boolean {
    for (const queue of this.#queues) {
      const at = queue?.waiting.indexOf(request) ?? -1;
      if (at < 0) continue;
      queue.waiting.splice(at, 1);
      this.#left(queue, request);
      return true;
    }
    return false;
  }

  finish(seats: number): void {
    this.executing -= 1;
    this.executingSeats -= seats;
    if (this.waiting > 0) this.#dispatch();
  }

  #dispatch(): void {
    while (this.waiting > 0) {
      let next: Queue | undefined;
      for (const queue of this.#queues)
        if (queue && queue.waiting.length > 0 && (!next || queue.served < next.served)) next = queue;
      const request = next!.waiting[0]!;
      if (this.executingSeats > 0 && this.executingSeats + request.seats > this.#limit) return;
      next!.waiting.shift();
      this.#served = next!.served;
      next!.served += request.seats;
      this.#left(next!, request);
      this.#start(request);
    }
  }

  #left(queue: Queue, { seats }: Waiting): void {
    queue.seatsWaiting -= seats;
    this.waiting -= 1;
    this.#seatsWaiting -= seats;
  }

  #start(request: Waiting): void {
    this.executing += 1;
    this.executingSeats += request.seats;
    this.#notePeak();
    request.start();
  }

  #notePeak(): void {
    const now = this.executingSeats + this.#seatsWaiting;
    if (now > this.#peak) this.#peak = now;
  }

  #shortest(flow: string): Queue {
    let best: Queue | undefined;
    for (const at of this.#hand(flow)) {
      const queue = (this.#queues[at] ??= { waiting: [], seatsWaiting: 0, served: 0 });
      if (!best || queue.seatsWaiting < best.seatsWaiting) best = queue;
    }
    return best!;
  }

  #hand(flow: string): number[] {
    let hand = this.#hands.get(flow);
    if (!hand) {
      if (this.#hands.size >= maxHands) this.#hands.clear();
      hand = dealHand(flow, this.#options.queues, this.#options.handSize);
      this.#hands.set(flow, hand);
    }
    return hand;
  }
}

const maxHands = 1_000;
