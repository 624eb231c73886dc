import type { ControllerDefinition } from '../runtime/controller.ts';
import { podAutoscaler } from './autoscaler.ts';

export const podAutoscalerController: ControllerDefinition = {
  name: 'horizontal-pod-autoscaler-controller',
  component: 'horizontal-pod-autoscaler',
  create: (context) => [podAutoscaler(context)],
};
