import type { ControllerDefinition } from '../runtime/controller.ts';
import { cronJobRuns } from './cron_job_controller.ts';

export const cronJobController: ControllerDefinition = {
  name: 'cronjob-controller',
  create: (context) => [cronJobRuns(context)],
};
