import type { ControllerDefinition } from '../runtime/controller.ts';
import { daemonSetRollout } from './daemon_set_controller.ts';

export const daemonSetController: ControllerDefinition = {
  name: 'daemonset-controller',
  create: (context) => [daemonSetRollout(context)],
};
