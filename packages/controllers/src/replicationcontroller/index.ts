import { labelSelectorMatcher } from '@kubets/api';
import { refs } from '@kubets/client';
import { replicaController } from '../replicaset/replica_controller.ts';
import type { ControllerDefinition } from '../runtime/controller.ts';

export const replicationControllerController: ControllerDefinition = {
  name: 'replicationcontroller-controller',
  component: 'replication-controller',
  create: (context) => [
    replicaController(
      {
        name: 'replicationcontroller',
        ref: refs.replicationControllers,
        selector: (controller) => labelSelectorMatcher({ matchLabels: controller.spec?.selector ?? {} }),
        countsTerminating: false,
      },
      context,
    ),
  ],
};
