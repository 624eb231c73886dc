import type { ControllerDefinition } from '../runtime/controller.ts';
import { claimBinder } from './claim_controller.ts';
import { volumePhases } from './volume_controller.ts';

/** Brings claims and volumes together. */
export const persistentVolumeBinder: ControllerDefinition = {
  name: 'persistentvolume-binder-controller',
  component: 'persistentvolume-controller',
  create: (context) => [claimBinder(context), volumePhases(context)],
};
