// Pods that have a tracking finalizer but no job any more that would count them: nobody else would let them go.
import { controllerOf, type Job, labelSelectorMatcher, objectKey, type Pod } from '@kubets/api';
import { refs } from '@kubets/client';
import type { Controller, ControllerContext } from '../runtime/controller.ts';
import { byController, byNamespace } from '../runtime/indexes.ts';
import { watch } from '../runtime/watch.ts';
import { ownerKey } from '../runtime/watch_owned.ts';
import { removeTrackingFinalizer } from './job_controller.ts';
import { isFinished } from './job_outcome.ts';
import { isTracked } from './job_pods.ts';

export function orphanedJobPods({ client, caches }: ControllerContext): Controller {
  const jobs = caches.of(refs.jobs);
  const pods = caches.of(refs.pods);
  const podsOf = caches.lookup(refs.pods, byController);
  const jobsIn = caches.lookup(refs.jobs, byNamespace);

  return {
    name: 'job-orphans',
    watches: [
      watch(pods, (pod) => (pod && isTracked(pod) && isOrphan(pod) ? [objectKey(pod)] : [])),
      watch(jobs, (job, old) => {
        if (job && !isFinished(job)) return [];
        return podsOf((job ?? old)!.metadata.uid)
          .filter(isTracked)
          .map(objectKey);
      }),
    ],
    async reconcile(key) {
      const pod = pods.get(key);
      if (pod && isTracked(pod) && isOrphan(pod)) await removeTrackingFinalizer(client, pod);
    },
  };

  function isOrphan(pod: Pod): boolean {
    const controller = controllerOf(pod);
    if (!controller) return !jobsIn(pod.metadata.namespace!).some((job) => mayAdopt(job, pod));
    if (controller.kind !== 'Job' || controller.apiVersion !== 'batch/v1') return false;
    const key = ownerKey(pod, jobs);
    return !key || isFinished(jobs.get(key)!);
  }
}

function mayAdopt(job: Job, pod: Pod): boolean {
  if (isFinished(job) || job.metadata.deletionTimestamp) return false;
  return labelSelectorMatcher(job.spec.selector).matches(pod.metadata.labels);
}
