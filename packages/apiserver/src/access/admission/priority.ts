import type { PodSpec, PriorityClass } from '@kubets/api';
import type { AdmissionPlugin, AdmissionRequest, Reader } from '../../access.ts';
import { refusal } from './refusal.ts';

/** Turns a pod's priority class into its priority (KEP-1600). */
export function priorityAdmission(reader: Reader): AdmissionPlugin {
  return {
    name: 'Priority',
    handles: ({ operation, group, resource, subresource }) =>
      (operation === 'CREATE' || operation === 'UPDATE') &&
      subresource === '' &&
      ((group === '' && resource === 'pods') ||
        (group === 'scheduling.k8s.io' && resource === 'priorityclasses')),
    validate(request) {
      if (request.resource === 'priorityclasses') refuseSecondDefault(reader, request);
    },
    admit(request) {
      if (request.resource !== 'pods') return;
      const spec: PodSpec = request.object.spec;
      if (request.operation === 'UPDATE') return keepPriority(spec, request.old.spec);
      const found = classOf(reader, spec.priorityClassName);
      if (spec.priorityClassName && !found) {
        throw refusal(request, `no PriorityClass with name ${spec.priorityClassName} was found`);
      }
      if (found) spec.priorityClassName = found.metadata.name;
      const priority = found?.value ?? 0;
      if (spec.priority !== undefined && spec.priority !== null && spec.priority !== priority) {
        throw refusal(
          request,
          `the integer value of priority (${spec.priority}) must not be provided in pod spec; priority admission controller computed ${priority} from the given PriorityClass name`,
        );
      }
      spec.priority = priority;
      const policy = found?.preemptionPolicy ?? 'PreemptLowerPriority';
      if (spec.preemptionPolicy != null && spec.preemptionPolicy !== policy) {
        throw refusal(
          request,
          `the string value of PreemptionPolicy (${spec.preemptionPolicy}) must not be provided in pod spec; priority admission controller computed ${policy} from the given PriorityClass name`,
        );
      }
      spec.preemptionPolicy = policy;
    },
  };
}

/** What a client that doesn't know the fields leaves out of its update. */
function keepPriority(spec: PodSpec, old: PodSpec): void {
  if (old.priority != null) spec.priority ??= old.priority;
  if (old.preemptionPolicy != null) spec.preemptionPolicy ??= old.preemptionPolicy;
}

function classOf(reader: Reader, name: string | undefined): PriorityClass | undefined {
  const group = 'scheduling.k8s.io';
  if (name) return reader.get<PriorityClass>(group, 'priorityclasses', undefined, name);
  // The lowest of several global defaults counts, as upstream decides when two appear at once.
  let chosen: PriorityClass | undefined;
  for (const item of reader.list<PriorityClass>(group, 'priorityclasses')) {
    if (item.globalDefault && (!chosen || (item.value ?? 0) < (chosen.value ?? 0))) chosen = item;
  }
  return chosen;
}

/** Pods without a class must have one priority. */
function refuseSecondDefault(reader: Reader, request: AdmissionRequest): void {
  const next: PriorityClass = request.object;
  if (!next.globalDefault) return;
  const name = classOf(reader, undefined)?.metadata.name;
  if (name === undefined || (request.operation === 'UPDATE' && name === next.metadata.name)) return;
  throw refusal(request, `PriorityClass ${name} is already marked as default. Only one default can exist`);
}
