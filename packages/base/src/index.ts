export { Backoff, type BackoffOptions } from './backoff.ts';
export {
  type Clock,
  FakeClock,
  type Ms,
  rfc3339,
  rfc3339Micro,
  settleMicrotasks,
  systemClock,
} from './clock.ts';
export { aborted, type Component, runComponents } from './component.ts';
export { errorMessage, invariant } from './invariant.ts';
export { type LogFields, type Logger, silentLogger } from './log.ts';
export { nameSuffix, type Random, seededRandom, systemRandom } from './random.ts';
export { WorkQueue, type WorkQueueOptions } from './work_queue.ts';
