// Whether a container that has ended comes back (KEP-753 sidecars, KEP-5307 container restart rules).
import type { Container, ContainerRestartRule, Pod, PodSpec } from '@kubets/api';
import { latestContainer, type ObservedPod } from './observed.ts';

/** Rules of the container first, then its own policy, then the pod's. */
export function restartsAfterExit(container: Container, spec: PodSpec, exitCode: number): boolean {
  if (container.restartPolicy !== undefined) {
    const rule = matchingRule(container.restartPolicyRules, exitCode);
    if (rule?.action === 'Restart') return true;
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
