import { errorMessage } from '@kubets/base';
import type { KubeletParts } from '../kubelet_parts.ts';
import { podDir } from '../node/pod_paths.ts';
import { volumeKinds } from '../volumes/index.ts';
import { unmountBelow } from '../volumes/unmount_below.ts';
import { type PodStep, StepFailure } from './pod_step.ts';

/** Sets up the pod's volumes, and brings later changes of their sources to containers that run. */
export function volumes(parts: KubeletParts): PodStep {
  const { host, log, node } = parts;
  const kinds = volumeKinds(parts);
  return {
    name: 'volumes',
    async setUp(task, signal) {
      const { pod } = task;
      const failures: string[] = [];
      for (const volume of pod.spec.volumes ?? []) {
        signal.throwIfAborted();
        const mounted = task.volumes.get(volume.name);
        const kind = kinds.find(({ name }) => volume[name] !== undefined);
        if (mounted && !kind?.live) continue;
        try {
          if (!kind) throw new Error('no volume plugin matched');
          task.volumes.set(volume.name, await kind.setUp({ parts, task, pod, volume, mounted }));
        } catch (error) {
          const reason = errorMessage(error);
          // Containers that run go on with what they have.
          if (mounted) log.warn('volume not updated', { volume: volume.name, reason });
          else failures.push(`MountVolume.SetUp failed for volume "${volume.name}" : ${reason}`);
        }
      }
      if (failures.length > 0) throw new StepFailure('FailedMount', failures.join('; '));
    },
    async tearDown({ pod, volumes: mounted }) {
      const { uid } = pod.metadata;
      for (const volume of pod.spec.volumes ?? []) {
        const known = mounted.get(volume.name);
        const kind = kinds.find(({ name }) => volume[name] !== undefined);
        if (known) await kind?.tearDown?.(parts, known);
        mounted.delete(volume.name);
      }
      await unmountBelow(host, podDir(node, uid));
      for (const kind of kinds) kind.forget?.(uid);
      mounted.clear();
    },
  };
}
