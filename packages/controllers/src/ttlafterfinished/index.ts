import { isNotFound, type Job } from '@kubets/api';
import type { Ms } from '@kubets/base';
import { refs } from '@kubets/client';
import type { ControllerDefinition } from '../runtime/controller.ts';
import { watch } from '../runtime/watch.ts';

/** Deletes finished jobs when spec.ttlSecondsAfterFinished has passed (KEP-592). */
export const ttlAfterFinishedController: ControllerDefinition = {
  name: 'ttl-after-finished-controller',
  create({ client, caches, clock }) {
    const jobs = caches.of(refs.jobs);
    return [
      {
        name: 'ttlafterfinished',
        watches: [
          watch(jobs, (job) =>
            job && expiresAt(job) !== undefined && !job.metadata.deletionTimestamp
              ? [`${job.metadata.namespace}/${job.metadata.name}`]
              : [],
          ),
        ],
        async reconcile(key) {
          const job = jobs.get(key);
          const at = job && expiresAt(job);
          if (!job || at === undefined || job.metadata.deletionTimestamp) return;
          const left = at - clock.now();
          if (left > 0) return { againAfterMs: left };
          const { name, namespace, uid, resourceVersion } = job.metadata;
          try {
            // Only this very version: the time to live may just have been raised.
            const propagationPolicy = 'Foreground';
            await client.delete(refs.jobs, name, namespace, { uid, resourceVersion, propagationPolicy });
          } catch (error) {
            if (!isNotFound(error)) throw error;
          }
        },
      },
    ];
  },
};

/** Undefined for jobs that have not finished, and for those that stay. */
export function expiresAt(job: Job): Ms | undefined {
  const ttl = job.spec.ttlSecondsAfterFinished;
  const end = job.status?.conditions?.find(
    ({ type, status }) => (type === 'Complete' || type === 'Failed') && status === 'True',
  );
  if (ttl === undefined || !end?.lastTransitionTime) return undefined;
  return Date.parse(end.lastTransitionTime) + ttl * 1000;
}
