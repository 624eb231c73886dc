import { labelSelectorMatcher } from '@kubets/api';
import { refs } from '@kubets/client';
import type { ControllerDefinition } from '../runtime/controller.ts';
import { replicaController } from './replica_controller.ts';

export const replicaSetController: ControllerDefinition = {
  name: 'replicaset-controller',
  create: (context) => [
    replicaController(
      {
        name: 'replicaset',
        ref: refs.replicaSets,
        selector: (set) => labelSelectorMatcher(set.spec.selector),
        countsTerminating: true,
      },
      context,
    ),
  ],
};
