// Pods that are scheduled together (KEP-4671): served behind the gate GenericWorkload alone.
import type { Job, PodGroup, Workload } from '@kubets/api';
import type { AdmissionPlugin, Reader } from '../../access.ts';
import { concerns } from './concerns.ts';
import { refusal } from './refusal.ts';

const group = 'scheduling.k8s.io';
const finalizer = 'scheduling.k8s.io/podgroup-protection';

/** A group stays while pods refer to it. */
export const podGroupProtection: AdmissionPlugin = {
  name: 'PodGroupProtection',
  handles: concerns({ operations: ['CREATE'], group, resource: 'podgroups' }),
  admit({ object }) {
    const { finalizers = [] } = object.metadata;
    if (!finalizers.includes(finalizer)) object.metadata.finalizers = [...finalizers, finalizer];
  },
};

export function podGroupWorkloadExists(reader: Reader): AdmissionPlugin {
  return {
    name: 'PodGroupWorkloadExists',
    handles: concerns({ operations: ['CREATE'], group, resource: 'podgroups' }),
    validate(request) {
      const ref = (request.object as PodGroup).spec?.podGroupTemplateRef?.workload;
      if (!ref) return;
      const { workloadName, podGroupTemplateName } = ref;
      const workload = reader.get<Workload>(group, 'workloads', request.namespace, workloadName);
      if (!workload) throw refusal(request, `PodGroup rejected: Workload "${workloadName}" not found`);
      if (workload.metadata.deletionTimestamp)
        throw refusal(request, `PodGroup rejected: Workload "${workloadName}" is being deleted`);
      if (!workload.spec.podGroupTemplates.some(({ name }) => name === podGroupTemplateName))
        throw refusal(
          request,
          `PodGroup rejected: PodGroupTemplate "${podGroupTemplateName}" not found in Workload "${workloadName}"`,
        );
    },
  };
}

/** All pods of a gang start or none: their number is settled. */
export function jobValidation(reader: Reader): AdmissionPlugin {
  return {
    name: 'JobValidation',
    handles: concerns({ operations: ['UPDATE'], group: 'batch', resource: 'jobs' }),
    validate(request) {
      const next: Job = request.object;
      const old: Job = request.old;
      if (next.spec.parallelism === old.spec.parallelism) return;
      const gang = groupsOf(reader, old).find(({ spec }) => spec.schedulingPolicy?.gang);
      if (gang)
        throw refusal(
          request,
          `cannot change parallelism for a Job referencing gang-scheduled PodGroup "${gang.metadata.name}"`,
        );
    },
  };
}

function groupsOf(reader: Reader, { metadata, spec }: Job): PodGroup[] {
  const name = spec.template.spec?.schedulingGroup?.podGroupName;
  if (name != null) {
    const found = reader.get<PodGroup>(group, 'podgroups', metadata.namespace, name);
    return found ? [found] : [];
  }
  return reader
    .list<PodGroup>(group, 'podgroups', metadata.namespace)
    .filter((each) =>
      each.metadata.ownerReferences?.some(({ controller, uid }) => controller && uid === metadata.uid),
    );
}
