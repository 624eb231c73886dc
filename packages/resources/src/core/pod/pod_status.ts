// `/status` of a pod: what the kubelet and the scheduler report.
import {
  type ContainerStatus,
  type FieldError,
  forbiddenField,
  internalFieldError,
  invalidValue,
  type Pod,
  type PodCondition,
  type PodSpec,
  type PodStatus,
} from '@kubets/api';
import { sameValue } from '../../rules/equality.ts';
import { parseIp } from '../../rules/ip_address.ts';
import { validateLegacyIp } from '../../rules/ip_rules.ts';
import { immutableText } from '../../rules/labels.ts';
import { dns1123Subdomain, qualifiedName } from '../../rules/names.ts';
import { isSidecar } from './pod_resources.ts';
import { validateAnnotationUpdates, validatePodAnnotations } from './validate_annotations.ts';
import { validateClaimStatuses } from './validate_claim_statuses.ts';
import { validateContainerStatuses } from './validate_container_statuses.ts';

/** Changes `next`: what a status update leaves out and must not lose. */
export function preparePodStatus(next: Pod, old: Pod): void {
  next.metadata = { ...next.metadata, ownerReferences: old.metadata.ownerReferences };
  if (!old.metadata.ownerReferences) delete next.metadata.ownerReferences;
  const status: PodStatus = { ...next.status };
  status.qosClass ||= old.status?.qosClass;
  keepAddressAliases(status);
  if (!status.observedGeneration && old.status?.observedGeneration)
    status.observedGeneration = old.status.observedGeneration;
  const before = [...(old.status?.conditions ?? [])];
  status.conditions = status.conditions?.map((condition) => {
    const i = before.findIndex(({ type }) => type === condition.type);
    const [match] = i < 0 ? [] : before.splice(i, 1);
    return !condition.observedGeneration && match?.observedGeneration
      ? { ...condition, observedGeneration: match.observedGeneration }
      : condition;
  });
  if (!status.conditions) delete status.conditions;
  next.status = status;
}

/** `podIP` is the first of `podIPs`, whichever of the two the caller knows (KEP-563). */
export function keepAddressAliases(status: PodStatus): void {
  if (status.podIP && status.podIPs?.[0]?.ip !== status.podIP) status.podIPs = [{ ip: status.podIP }];
  const [first] = status.podIPs ?? [];
  if (first) status.podIP = first.ip;
}

export function validatePodStatus(next: Pod, old: Pod): FieldError[] {
  const status = next.status ?? {};
  const before = old.status ?? {};
  const annotations = next.metadata.annotations ?? {};
  const errors = [
    ...validateAnnotationUpdates(annotations, old.metadata.annotations ?? {}, 'metadata.annotations'),
    ...validatePodAnnotations(annotations, next.spec, 'metadata.annotations'),
    ...validateConditions(status.conditions ?? []),
    ...validateNomination(next, old),
  ];
  if ((status.observedGeneration ?? 0) < 0)
    errors.push(
      invalidValue('status.observedGeneration', status.observedGeneration, 'must be a non-negative integer'),
    );
  if (!sameValue(status.qosClass, before.qosClass))
    errors.push(invalidValue('status.qosClass', status.qosClass ?? '', immutableText));
  for (const list of ['containerStatuses', 'initContainerStatuses', 'ephemeralContainerStatuses'] as const)
    errors.push(...validateTransitions(status[list] ?? [], before[list] ?? [], old.spec, `status.${list}`));
  errors.push(...validateClaimStatuses(status, next.spec), ...validateAddresses('podIPs', status, before));
  const [hostIp] = status.hostIPs ?? [];
  if (hostIp && hostIp.ip !== (status.hostIP ?? ''))
    errors.push(invalidValue('status.hostIPs[0].ip', hostIp.ip, 'must be equal to `hostIP`'));
  return [
    ...errors,
    ...validateAddresses('hostIPs', status, before),
    ...validateContainerStatuses(status, next.spec),
  ];
}

function validateConditions(conditions: PodCondition[]): FieldError[] {
  return conditions.flatMap(({ type, observedGeneration = 0 }, i) => {
    const at = `status.conditions[${i}]`;
    const errors: FieldError[] = [];
    if (observedGeneration < 0)
      errors.push(
        invalidValue(`${at}.observedGeneration`, observedGeneration, 'must be a non-negative integer'),
      );
    if (!['PodScheduled', 'Ready', 'Initialized'].includes(type))
      for (const message of qualifiedName(type)) errors.push(invalidValue(`${at}.Type`, type, message));
    return errors;
  });
}

function validateNomination(next: Pod, old: Pod): FieldError[] {
  const node = next.status?.nominatedNodeName;
  if (!node || node === old.status?.nominatedNodeName) return [];
  const path = 'status.nominatedNodeName';
  return [
    ...dns1123Subdomain(node).map((message) => invalidValue(path, node, message)),
    ...(old.spec.nodeName
      ? [forbiddenField(path, 'may not be set on pods that are already bound to a node')]
      : []),
  ];
}

/** A container that has ended for good stays so. */
function validateTransitions(
  next: ContainerStatus[],
  old: ContainerStatus[],
  spec: PodSpec,
  path: string,
): FieldError[] {
  const ephemeral = path.endsWith('.ephemeralContainerStatuses');
  const containers = path.endsWith('.initContainerStatuses') ? spec.initContainers : spec.containers;
  if (!ephemeral && restartsAll(spec)) return [];
  return old.flatMap(({ name, state }, i) => {
    const ended = state?.terminated;
    const now = next.find((status) => status.name === name);
    if (!ended || !now || now.state?.terminated) return [];
    const container = ephemeral ? undefined : containers?.find((candidate) => candidate.name === name);
    return container && mayRestart(container, spec, ended.exitCode ?? 0)
      ? []
      : [forbiddenField(`${path}[${i}].state`, 'may not be transitioned to non-terminated state')];
  });
}

type Restartable = NonNullable<PodSpec['containers']>[number];

function mayRestart(container: Restartable, spec: PodSpec, exitCode: number): boolean {
  if (isSidecar(container)) return true;
  if (container.restartPolicy !== undefined) {
    for (const { action, exitCodes } of container.restartPolicyRules ?? []) {
      const listed = exitCodes?.values?.includes(exitCode) ?? false;
      const matches = exitCodes && (exitCodes.operator === 'In' ? listed : !listed);
      if (matches && action === 'Restart') return true;
    }
    return container.restartPolicy === 'OnFailure' ? exitCode !== 0 : false;
  }
  return spec.restartPolicy === 'OnFailure' ? exitCode !== 0 : spec.restartPolicy === 'Always';
}

/** Some container's end may start all others over (KEP-5532). */
function restartsAll(spec: PodSpec): boolean {
  return [...(spec.containers ?? []), ...(spec.initContainers ?? [])].some((container) =>
    container.restartPolicyRules?.some(({ action }) => action === 'RestartAllContainers'),
  );
}

function validateAddresses(list: 'podIPs' | 'hostIPs', next: PodStatus, old: PodStatus): FieldError[] {
  const addresses = (next[list] ?? []).map(({ ip }) => ip ?? '');
  const stored = (old[list] ?? []).map(({ ip }) => ip ?? '');
  const errors = addresses.flatMap((ip, i) => validateLegacyIp(ip, `status.${list}[${i}]`, stored));
  const parsed = addresses.map((ip) => parseIp(ip)?.family);
  const bad = parsed.indexOf(undefined);
  if (addresses.length > 1 && bad >= 0)
    errors.push(
      internalFieldError(
        `status.${list}`,
        `failed to check for dual stack with error:invalid IP[${bad}]: ${addresses[bad]}`,
      ),
    );
  if (addresses.length > 1 && (bad >= 0 || new Set(parsed).size !== addresses.length))
    errors.push(
      invalidValue(
        `status.${list}`,
        addresses.map((IP) => ({ IP })),
        'may specify no more than one IP for each IP family',
      ),
    );
  return errors;
}
