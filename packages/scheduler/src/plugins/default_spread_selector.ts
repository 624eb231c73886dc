// Which pods a pod is spread away from when it does not say: those of its Services and of its owner.
import { controllerOf, type LabelMatcher, labelSelectorMatcher, labelSetMatcher } from '@kubets/api';
import type { ClusterObjects } from '../state/cluster_objects.ts';
import type { PodInfo } from '../state/pod_info.ts';

/** Pods that match all of these; empty when nothing stands behind the pod. */
export function defaultSpreadSelector(pod: PodInfo, objects: ClusterObjects): LabelMatcher[] {
  const selectors: LabelMatcher[] = [];
  for (const { spec } of objects.services(pod.namespace)) {
    if (!spec.selector) continue;
    const selector = compiled(spec.selector);
    if (!selector.empty && selector.matches(pod.labels)) selectors.push(selector);
  }
  const owner = ownerSelector(pod, objects);
  if (owner && !owner.empty) selectors.push(owner);
  return selectors;
}

function ownerSelector(pod: PodInfo, objects: ClusterObjects): LabelMatcher | undefined {
  const owner = controllerOf(pod.pod);
  switch (owner && `${owner.apiVersion} ${owner.kind}`) {
    case 'v1 ReplicationController': {
      const selector = objects.replicationController(pod.namespace, owner!.name)?.spec?.selector;
      return selector && labelSetMatcher(selector);
    }
    case 'apps/v1 ReplicaSet':
      return selectorOf(objects.replicaSet(pod.namespace, owner!.name));
    case 'apps/v1 StatefulSet':
      return selectorOf(objects.statefulSet(pod.namespace, owner!.name));
    default:
      return undefined;
  }
}

function selectorOf(owner: { spec?: { selector?: object } } | undefined): LabelMatcher | undefined {
  return owner?.spec?.selector && labelSelectorMatcher(owner.spec.selector);
}

/** Objects are immutable, so each selector is compiled once for as long as its Service stays as it is. */
const memo = new WeakMap<object, LabelMatcher>();

function compiled(selector: Record<string, string>): LabelMatcher {
  let matcher = memo.get(selector);
  if (!matcher) {
    matcher = labelSetMatcher(selector);
    memo.set(selector, matcher);
  }
  return matcher;
}
