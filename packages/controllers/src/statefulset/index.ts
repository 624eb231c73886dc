import type { ControllerDefinition } from '../runtime/controller.ts';
import { statefulSetRollout } from './stateful_set_controller.ts';

export const statefulSetController: ControllerDefinition = {
  name: 'statefulset-controller',
  create: (context) => [statefulSetRollout(context)],
};
