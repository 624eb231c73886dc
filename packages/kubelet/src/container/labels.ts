// What the kubelet writes on sandboxes and containers, to know them again after a restart.
import type { Container, Pod } from '@kubets/api';
import { containerHash } from '../pod/container_hash.ts';

export const podNameLabel = 'io.kubernetes.pod.name';
export const podNamespaceLabel = 'io.kubernetes.pod.namespace';
export const podUidLabel = 'io.kubernetes.pod.uid';
export const containerNameLabel = 'io.kubernetes.container.name';
export const hashAnnotation = 'io.kubernetes.container.hash';
export const restartCountAnnotation = 'io.kubernetes.container.restartCount';
export const messagePathAnnotation = 'io.kubernetes.container.terminationMessagePath';
export const messagePolicyAnnotation = 'io.kubernetes.container.terminationMessagePolicy';
export const preStopAnnotation = 'io.kubernetes.container.preStopHandler';
export const portsAnnotation = 'io.kubernetes.container.ports';
export const gracePeriodAnnotation = 'io.kubernetes.pod.terminationGracePeriod';
/** Requests and limits that the container was made with, so that a later resize is seen. */
export const resourcesAnnotation = 'io.kubets.container.resources';

export function podLabels(pod: Pod): Record<string, string> {
  return { ...pod.metadata.labels, ...ownLabels(pod) };
}

export function containerLabels(pod: Pod, container: Container): Record<string, string> {
  return { ...ownLabels(pod), [containerNameLabel]: container.name };
}

function ownLabels(pod: Pod): Record<string, string> {
  return {
    [podNameLabel]: pod.metadata.name,
    [podNamespaceLabel]: pod.metadata.namespace ?? '',
    [podUidLabel]: pod.metadata.uid,
  };
}

export function containerAnnotations(
  pod: Pod,
  container: Container,
  restartCount: number,
): Record<string, string> {
  const annotations: Record<string, string> = {
    [hashAnnotation]: containerHash(container),
    [restartCountAnnotation]: String(restartCount),
    [messagePathAnnotation]: container.terminationMessagePath ?? '',
    [messagePolicyAnnotation]: container.terminationMessagePolicy ?? '',
    [resourcesAnnotation]: JSON.stringify(container.resources ?? {}),
  };
  const grace = pod.spec.terminationGracePeriodSeconds;
  if (grace !== undefined) annotations[gracePeriodAnnotation] = String(grace);
  if (container.lifecycle?.preStop)
    annotations[preStopAnnotation] = JSON.stringify(container.lifecycle.preStop);
  if (container.ports?.length) annotations[portsAnnotation] = JSON.stringify(container.ports);
  return annotations;
}
