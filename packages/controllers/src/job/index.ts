import type { ControllerDefinition } from '../runtime/controller.ts';
import { jobRuns } from './job_controller.ts';
import { orphanedJobPods } from './orphan_pods.ts';

export const jobController: ControllerDefinition = {
  name: 'job-controller',
  create: (context) => [jobRuns(context), orphanedJobPods(context)],
};
