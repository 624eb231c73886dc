// Whether a container that has ended comes back (KEP-753 sidecars, KEP-5307 container restart rules).
import type { Container, ContainerRestartRule, Pod, PodSpec } from '@kubets/api';
import { latestContainer, type ObservedContainer, type ObservedPod } from './observed.ts';

/** Rules of the container first, then its own policy, then the pod's. */
export function restartsAfterExit(container: Container, spec: PodSpec, exitCode: number): boolean {
  if (container.restartPolicy !== undefined) {
    const rule = matchingRule(container.restartPolicyRules, exitCode);
    if (rule?.action === 'Restart' || rule?.action === restartAll) return true;
  }
  switch (container.restartPolicy ?? spec.restartPolicy) {
    case 'Never':
      return false;
    case 'OnFailure':
      return exitCode !== 0;
    default:
      return true;
  }
}

const restartAll = 'RestartAllContainers';

/** The container whose end wants the whole pod to start over in its sandbox (KEP-5532). */
export function restartAllTrigger(pod: Pod, observed: ObservedPod): ObservedContainer | undefined {
  if (pod.metadata.deletionTimestamp) return undefined;
  for (const { name, restartPolicyRules } of [...(pod.spec.initContainers ?? []), ...pod.spec.containers]) {
    const latest = latestContainer(observed, name);
    if (latest?.state !== 'exited') continue;
    if (matchingRule(restartPolicyRules, latest.exitCode)?.action === restartAll) return latest;
  }
  return undefined;
}

export function mayRestartAll({ spec }: Pod): boolean {
  return [...(spec.initContainers ?? []), ...spec.containers].some(({ restartPolicyRules }) =>
    restartPolicyRules?.some(({ action }) => action === restartAll),
  );
}

/** Whether a running container that a probe condemned comes back; exit codes don't count, for it hasn't exited. */
export function restartsAfterKill(container: Container, spec: PodSpec): boolean {
  return (container.restartPolicy ?? spec.restartPolicy) !== 'Never';
}

/** Whether the next look at the pod should start this container. */
export function shouldStart(container: Container, pod: Pod, observed: ObservedPod): boolean {
  if (pod.metadata.deletionTimestamp) return false;
  const latest = latestContainer(observed, container.name);
  if (!latest) return true;
  switch (latest.state) {
    case 'running':
      return false;
    case 'exited':
      return restartsAfterExit(container, pod.spec, latest.exitCode);
    default:
      return true;
  }
}

/** An init container that runs beside the others for the life of the pod. */
export function isSidecar(container: Container): boolean {
  return container.restartPolicy === 'Always';
}

function matchingRule(rules: readonly ContainerRestartRule[] | undefined, exitCode: number) {
  return rules?.find(({ exitCodes }) => {
    if (!exitCodes) return false;
    const listed = exitCodes.values?.includes(exitCode) ?? false;
    return exitCodes.operator === 'NotIn' ? !listed : listed;
  });
}
