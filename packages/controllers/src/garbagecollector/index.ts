import type { ControllerDefinition } from '../runtime/controller.ts';
import { collector } from './collector.ts';

export const garbageCollector: ControllerDefinition = {
  name: 'garbage-collector-controller',
  create: (context) => [collector(context)],
};
