// Word of volumes, claims and namespaces to the pods that wait for them.
import type { SchedulingQueue } from './queue/scheduling_queue.ts';
import type { ObjectInformers } from './state/cluster_objects.ts';

export function watchObjects(informers: ObjectInformers, queue: SchedulingQueue): void {
  informers.claims.onChange((claim, old) => {
    if (claim) queue.onEvent({ type: 'claim', claim, old });
  });
  informers.volumes.onChange((volume) => {
    if (volume) queue.onEvent({ type: 'volume', volume });
  });
  informers.storageClasses.onChange((storageClass) => {
    if (storageClass) queue.onEvent({ type: 'storageClass', storageClass });
  });
  informers.csiNodes.onChange((csiNode) => {
    if (csiNode) queue.onEvent({ type: 'csiNode', csiNode });
  });
  informers.namespaces.onChange((namespace, old) => {
    if (namespace && JSON.stringify(namespace.metadata.labels) !== JSON.stringify(old?.metadata.labels))
      queue.onEvent({ type: 'namespace', namespace });
  });
}
