import { controllerOf, isAlreadyExists, objectKey } from '@kubets/api';
import { refs } from '@kubets/client';
import type { ControllerDefinition } from '../runtime/controller.ts';
import { controllerReference } from '../runtime/owner.ts';
import { isNamespaceTerminating } from '../runtime/run_controller.ts';
import { watch } from '../runtime/watch.ts';

/** Makes the claims of pods' generic ephemeral volumes; they go with their pod (KEP-1698). */
export const ephemeralVolumeController: ControllerDefinition = {
  name: 'ephemeral-volume-controller',
  component: 'ephemeral_volume',
  create({ client, caches, recorder }) {
    const pods = caches.of(refs.pods);
    const claims = caches.of(refs.persistentVolumeClaims);
    return [
      {
        name: 'ephemeralvolume',
        watches: [
          watch(pods, (pod, old) =>
            pod && !old && pod.spec.volumes?.some(({ ephemeral }) => ephemeral) ? [objectKey(pod)] : [],
          ),
          watch(claims, (claim, old) => {
            const owner = !claim && controllerOf(old!);
            return owner && owner.kind === 'Pod' ? [`${old!.metadata.namespace}/${owner.name}`] : [];
          }),
        ],
        async reconcile(key) {
          const pod = pods.get(key);
          if (!pod || pod.metadata.deletionTimestamp) return;
          for (const { name: volume, ephemeral } of pod.spec.volumes ?? []) {
            if (!ephemeral?.volumeClaimTemplate) continue;
            const { namespace } = pod.metadata;
            const name = `${pod.metadata.name}-${volume}`;
            const existing = claims.get(`${namespace}/${name}`);
            if (existing) {
              if (controllerOf(existing)?.uid === pod.metadata.uid) continue;
              throw new Error(`PVC ${namespace}/${name} was not created for pod ${key} (pod is not owner)`);
            }
            const { metadata, spec } = ephemeral.volumeClaimTemplate;
            try {
              await client.create(refs.persistentVolumeClaims, {
                metadata: {
                  name,
                  namespace,
                  ...(metadata?.labels && { labels: metadata.labels }),
                  ...(metadata?.annotations && { annotations: metadata.annotations }),
                  ownerReferences: [controllerReference(pod, refs.pods)],
                },
                spec,
              });
            } catch (error) {
              if (isNamespaceTerminating(error)) return;
              // The local copy was old; the next look tells whose it is.
              if (!isAlreadyExists(error)) {
                recorder.event(
                  pod,
                  'Warning',
                  'FailedCreate',
                  `create PVC ${name}: ${(error as Error).message}`,
                );
              }
              throw error;
            }
          }
        },
      },
    ];
  },
};
