// Services find pods by equality of labels. Both sides are filed, so that neither a change of a service looks
// through all pods nor a change of a pod through all services.
import type { Pod, Service } from '@kubets/api';
import type { Index, Lookup } from './caches.ts';

export const podsByLabel: Index<Pod> = {
  name: 'label',
  values: (pod) =>
    Object.entries(pod.metadata.labels ?? {}).map(([key, value]) =>
      filed(pod.metadata.namespace!, key, value),
    ),
};

/** Under one pair of its selector, the first by name: a pod that matches has it. */
export const servicesBySelector: Index<Service> = {
  name: 'selector',
  values(service) {
    const keys = Object.keys(service.spec.selector ?? {}).sort();
    const key = keys[0];
    return key === undefined ? [] : [filed(service.metadata.namespace!, key, service.spec.selector![key]!)];
  },
};

export function selectedPods(lookup: Lookup<Pod>, service: Service): Pod[] {
  const selector = Object.entries(service.spec.selector ?? {});
  let fewest: readonly Pod[] | undefined;
  for (const [key, value] of selector) {
    const pods = lookup(filed(service.metadata.namespace!, key, value));
    if (!fewest || pods.length < fewest.length) fewest = pods;
  }
  return (fewest ?? []).filter((pod) =>
    selector.every(([key, value]) => pod.metadata.labels?.[key] === value),
  );
}

export function* selectingServices(lookup: Lookup<Service>, pod: Pod): Iterable<Service> {
  const labels = pod.metadata.labels ?? {};
  for (const [key, value] of Object.entries(labels)) {
    for (const service of lookup(filed(pod.metadata.namespace!, key, value))) {
      const matches = Object.entries(service.spec.selector!).every(([k, v]) => labels[k] === v);
      if (matches) yield service;
    }
  }
}

function filed(namespace: string, key: string, value: string): string {
  return `${namespace}/${key}=${value}`;
}
