// spec.podFailurePolicy (KEP-3329): rules in order, the first that matches a failed pod decides.
import type { ContainerStatus, Pod, PodFailurePolicy, PodFailurePolicyRule } from '@kubets/api';

export interface FailureVerdict {
  /** Whether the failure counts towards the limits. */
  counts: boolean;
  action?: string;
  /** Set when the whole job is to fail. */
  failJob?: string;
}

export function judgeFailure(policy: PodFailurePolicy | undefined, pod: Pod): FailureVerdict {
  for (const [index, rule] of (policy?.rules ?? []).entries()) {
    const matched = matchRule(rule, pod);
    if (!matched) continue;
    const { action } = rule;
    if (action === 'Ignore') return { counts: false, action };
    if (action === 'FailJob') {
      return { counts: true, action, failJob: `${matched} matching ${action} rule at index ${index}` };
    }
    return { counts: true, action };
  }
  return { counts: true };
}

/** What matched, in words; undefined when the rule does not apply. */
function matchRule({ onExitCodes, onPodConditions }: PodFailurePolicyRule, pod: Pod): string | undefined {
  const name = `${pod.metadata.namespace}/${pod.metadata.name}`;
  if (onExitCodes) {
    const { containerName, operator, values } = onExitCodes;
    const matches = (status: ContainerStatus) => {
      const code = status.state?.terminated?.exitCode;
      if (!code || (containerName !== undefined && containerName !== status.name)) return false;
      return operator === 'In' ? values.includes(code) : operator === 'NotIn' && !values.includes(code);
    };
    const statuses = [...(pod.status?.containerStatuses ?? []), ...(pod.status?.initContainerStatuses ?? [])];
    const status = statuses.find(matches);
    return (
      status &&
      `Container ${status.name} for pod ${name} failed with exit code ${status.state!.terminated!.exitCode}`
    );
  }
  const condition = pod.status?.conditions?.find((candidate) =>
    onPodConditions?.some(
      ({ type, status = 'True' }) => candidate.type === type && candidate.status === status,
    ),
  );
  return condition && `Pod ${name} has condition ${condition.type}`;
}
