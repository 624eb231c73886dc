import type { ControllerDefinition } from '../runtime/controller.ts';
import { serviceEndpointSlices } from './endpoint_slice_controller.ts';

export const endpointSliceController: ControllerDefinition = {
  name: 'endpointslice-controller',
  component: 'endpoint-slice-controller',
  create: (context) => [serviceEndpointSlices(context)],
};
