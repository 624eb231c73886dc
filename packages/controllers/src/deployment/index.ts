import type { ControllerDefinition } from '../runtime/controller.ts';
import { deploymentRollout } from './deployment_controller.ts';

export const deploymentController: ControllerDefinition = {
  name: 'deployment-controller',
  create: (context) => [deploymentRollout(context)],
};
