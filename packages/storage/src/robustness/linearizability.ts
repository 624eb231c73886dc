// Is there one order of all operations, each somewhere between its call and its return, in which a store that
// does one thing at a time would have answered the same? Wing and Gong's search ("Testing and Verifying Concurrent
// Objects", 1993) with Lowe's memory of what was tried ("Testing for Linearizability", 2017).

export interface Timed {
  readonly calledAt: number;
  readonly returnedAt: number;
}

export interface SequentialModel<Op extends Timed, State> {
  initial: State;
  /** States in which `operation` may leave the store; none: it could not have answered like that. */
  step(state: State, operation: Op): readonly State[];
  /** Two states with one key are the same. */
  keyOf(state: State): string;
}

export type Verdict<Op> =
  | { readonly ok: true; readonly order: readonly Op[] }
  /** The longest beginning that has an order, and what could not come next. */
  | { readonly ok: false; readonly order: readonly Op[]; readonly stuck: readonly Op[] }
  | { readonly ok: 'undecided' };

/** Steps of the search, past which a history is too tangled to decide. */
const defaultMaxSteps = 5_000_000;

export function checkLinearizable<Op extends Timed, State>(
  operations: readonly Op[],
  model: SequentialModel<Op, State>,
  maxSteps = defaultMaxSteps,
): Verdict<Op> {
  const events = eventsOf(operations);
  const done = new Done(operations.length);
  const tried = new Set<string>();
  const taken: { call: Event; state: State; options: readonly State[]; option: number }[] = [];
  const order = () => taken.map(({ call }) => operations[call.index]!);
  let best: readonly Op[] = [];
  let state = model.initial;
  let at = events.next;
  /** Where to go on among the outcomes of the operation at `at`, after one of them led nowhere. */
  let firstOption = 0;

  for (let steps = 0; ; steps++) {
    if (events.next === undefined) return { ok: true, order: order() };
    if (steps > maxSteps) return { ok: 'undecided' };
    const operation = at && operations[at.index]!;
    if (at?.isCall && operation) {
      const options = model.step(state, operation);
      let advanced = false;
      for (let option = firstOption; option < options.length; option++) {
        const memory = `${done.with(at.index)}|${model.keyOf(options[option]!)}`;
        if (tried.has(memory)) continue;
        tried.add(memory);
        taken.push({ call: at, state, options, option });
        state = options[option]!;
        done.set(at.index);
        lift(at);
        at = events.next;
        advanced = true;
        break;
      }
      firstOption = 0;
      if (!advanced) at = at.next;
      continue;
    }
    // The operation that returns here has not found a place before its return; or the end, where one of unknown
    // outcome that is left over has none either.
    if (taken.length >= best.length) best = order();
    const last = taken.pop();
    if (!last) return { ok: false, order: best, stuck: stuckAfter(operations, best) };
    unlift(last.call);
    done.clear(last.call.index);
    state = last.state;
    at = last.call;
    firstOption = last.option + 1;
  }
}

/** Operations that were under way when the first that found no place returned. */
function stuckAfter<Op extends Timed>(operations: readonly Op[], order: readonly Op[]): Op[] {
  const placed = new Set(order);
  const left = operations.filter((operation) => !placed.has(operation));
  const firstReturn = Math.min(...left.map(({ returnedAt }) => returnedAt));
  return left.filter(({ calledAt }) => calledAt <= firstReturn);
}

/** Calls and returns in order of time, as a list from which an operation is taken out and put back in one step. */
interface Event {
  readonly index: number;
  readonly isCall: boolean;
  previous: Event | { next: Event | undefined };
  next: Event | undefined;
  return?: Event;
}

function eventsOf(operations: readonly Timed[]): { next: Event | undefined } {
  const timed: { time: number; event: Event }[] = [];
  const head: { next: Event | undefined } = { next: undefined };
  for (const [index, { calledAt, returnedAt }] of operations.entries()) {
    const back: Event = { index, isCall: false, previous: head, next: undefined };
    timed.push({
      time: calledAt,
      event: { index, isCall: true, previous: head, next: undefined, return: back },
    });
    timed.push({ time: returnedAt, event: back });
  }
  // Of a call and a return at one time the call comes first: they may have overlapped.
  timed.sort((a, b) =>
    a.time === b.time ? Number(b.event.isCall) - Number(a.event.isCall) : a.time - b.time,
  );
  let last: Event | { next: Event | undefined } = head;
  for (const { event } of timed) {
    event.previous = last;
    last.next = event;
    last = event;
  }
  return head;
}

function lift(call: Event): void {
  for (const event of [call, call.return!]) {
    event.previous.next = event.next;
    if (event.next) event.next.previous = event.previous;
  }
}

function unlift(call: Event): void {
  for (const event of [call.return!, call]) {
    if (event.next) event.next.previous = event;
    event.previous.next = event;
  }
}

/** Which operations have their place; as text, to remember it by. */
class Done {
  readonly #words: Uint16Array;

  constructor(length: number) {
    this.#words = new Uint16Array((length >> 4) + 1);
  }

  set(index: number): void {
    this.#words[index >> 4]! |= 1 << (index & 15);
  }

  clear(index: number): void {
    this.#words[index >> 4]! &= ~(1 << (index & 15));
  }

  with(index: number): string {
    this.set(index);
    const text = String.fromCharCode(...this.#words);
    this.clear(index);
    return text;
  }
}
