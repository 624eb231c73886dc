// What is in force: the schemas in their order and a queue set for each level, kept in step with the objects.
import type { Reader } from '../access.ts';
import { bootstrapFlowControl } from './bootstrap_objects.ts';
import { byPrecedence, type FlowSchema } from './classify.ts';
import { type PriorityLevel, type SeatLimits, seatLimits } from './concurrency.ts';
import { FairQueue, type QueueOptions } from './fair_queue.ts';

export interface Level {
  readonly name: string;
  object: PriorityLevel;
  exempt: boolean;
  limits: SeatLimits;
  readonly queue: FairQueue;
}

export interface FlowConfig {
  schemas: readonly FlowSchema[];
  levels: ReadonlyMap<string, Level>;
}

const group = 'flowcontrol.apiserver.k8s.io';

/** Of both kinds: names and versions of what there is. Another text means another configuration. */
export function configVersion(reader: Reader): string {
  let text = '';
  for (const resource of ['flowschemas', 'prioritylevelconfigurations'])
    for (const { metadata } of reader.list(group, resource))
      text += `${metadata.name}@${metadata.generation ?? 0}@${metadata.uid};`;
  return text;
}

/** Levels that are still there keep their queues, and with them who runs and who waits. */
export function readConfig(reader: Reader, serverSeats: number, before?: FlowConfig): FlowConfig {
  const objects = withMandatory<PriorityLevel>(reader, 'prioritylevelconfigurations');
  const limits = seatLimits(objects, serverSeats);
  const levels = new Map<string, Level>();
  for (const object of objects) {
    const { name } = object.metadata;
    const own = limits.get(name)!;
    const known = before?.levels.get(name);
    const level = known ?? {
      name,
      object,
      exempt: false,
      limits: own,
      queue: new FairQueue(own.nominal, queuesOf(object)),
    };
    level.object = object;
    level.exempt = object.spec.type === 'Exempt';
    level.limits = own;
    level.queue.configure(own.nominal, queuesOf(object));
    levels.set(name, level);
  }
  const schemas = withMandatory<FlowSchema>(reader, 'flowschemas')
    // One that points nowhere matches nothing.
    .filter(({ spec }) => levels.has(spec.priorityLevelConfiguration.name))
    .sort(byPrecedence);
  return { schemas, levels };
}

// A server that has just started, or whose objects someone has just removed, still has the mandatory ones.
function withMandatory<T extends { metadata: { name: string } }>(reader: Reader, resource: string): T[] {
  const found = reader.list(group, resource) as unknown as T[];
  const names = new Set(found.map(({ metadata }) => metadata.name));
  const missing = bootstrapFlowControl()
    .filter((each) => each.mandatory && each.resource === resource && !names.has(each.name))
    .map(({ name, spec }) => ({ metadata: { name }, spec }) as unknown as T);
  return [...found, ...missing];
}

function queuesOf({ spec }: PriorityLevel): QueueOptions {
  const response = spec.limited?.limitResponse;
  if (response?.type !== 'Queue') return { queues: 0, handSize: 0, queueLengthLimit: 0 };
  const { queues = 64, handSize = 8, queueLengthLimit = 50 } = response.queuing ?? {};
  return { queues, handSize, queueLengthLimit };
}
