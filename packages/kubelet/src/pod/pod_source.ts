// Where a kubelet hears of its pods.
import type { Pod } from '@kubets/api';
import type { Informer } from '@kubets/client';

export interface PodSource {
  /** Called for every pod of the node that is there, and for each change; `pod` is undefined for one that is gone. */
  onChange(handler: (pod: Pod | undefined, old: Pod | undefined) => void): void;
  synced(): Promise<void>;
}

/** For a kubelet with an informer of its own: `fieldSelector: spec.nodeName=<node>`. */
export function informerPodSource(informer: Informer<Pod>): PodSource {
  return { onChange: (handler) => informer.onChange(handler), synced: () => informer.synced() };
}

/**
 * One informer of all pods for many kubelets in a process: each change goes to its node only, so that hundreds
 * of nodes cost no more than their pods.
 */
export function podRouter(informer: Informer<Pod>): (nodeName: string) => PodSource {
  const handlers = new Map<string, (pod: Pod | undefined, old: Pod | undefined) => void>();
  const byNode = new Map<string, Map<string, Pod>>();
  informer.onChange((pod, old) => {
    const nodeName = (pod ?? old)?.spec.nodeName;
    if (!nodeName) return;
    const pods = byNode.get(nodeName) ?? new Map<string, Pod>();
    byNode.set(nodeName, pods);
    const key = (pod ?? old)!.metadata;
    const id = `${key.namespace}/${key.name}`;
    const before = pods.get(id);
    if (pod) pods.set(id, pod);
    else pods.delete(id);
    if (pods.size === 0) byNode.delete(nodeName);
    handlers.get(nodeName)?.(pod, before);
  });
  return (nodeName) => ({
    onChange(handler) {
      handlers.set(nodeName, handler);
      for (const pod of byNode.get(nodeName)?.values() ?? []) handler(pod, undefined);
    },
    synced: () => informer.synced(),
  });
}
