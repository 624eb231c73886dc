import { type FieldError, forbiddenField, type Pod } from '@kubets/api';
import { define, keepSystemFields, metadataForStatus } from '../../define.ts';
import type { Subresource } from '../../resource.ts';
import { sameValue } from '../../rules/equality.ts';
import { dns1123Label } from '../../rules/names.ts';
import { validateObjectMetaUpdate, validateStoredMeta } from '../../rules/object_meta.ts';
import { podColumns, podIp } from './columns.ts';
import { defaultPod } from './default_pod.ts';
import { describeChanges } from './describe_changes.ts';
import { preparePodStatus, validatePodStatus } from './pod_status.ts';
import { dropGatedFields, preparePodCreate, raisePodGeneration } from './prepare_pod.ts';
import { keepAllButResources, validatePodResize } from './resize_pod.ts';
import { mirrorAnnotation } from './validate_annotations.ts';
import { validatePod, validatePodCreate, validatePodUpdate } from './validate_pod.ts';
import { warnOfPod } from './warn_of_pod.ts';

const connect = (name: string, kind: string): Subresource<Pod> => ({
  name,
  verbs: ['create', 'get'],
  kind: { group: '', version: 'v1', kind },
});

const ephemeralContainers: Subresource<Pod> = {
  name: 'ephemeralcontainers',
  withoutTable: true,
  verbs: ['get', 'patch', 'update'],
  prepareUpdate(next, old) {
    keepSystemFields(next, old);
    const spec = { ...old.spec, ephemeralContainers: next.spec?.ephemeralContainers };
    if (!spec.ephemeralContainers) delete spec.ephemeralContainers;
    const result = { ...next, metadata: metadataForStatus(next, old, 'keep'), spec, status: old.status };
    raisePodGeneration(result, old);
    return result;
  },
  validateUpdate: (next, old) => [
    ...validateStoredMeta(next.metadata, old.metadata, true),
    ...validateObjectMetaUpdate(next.metadata, old.metadata),
    ...validatePod(next, old),
    ...validateEphemeralUpdate(next, old),
  ],
};

function validateEphemeralUpdate(next: Pod, old: Pod): FieldError[] {
  if (old.metadata.annotations?.[mirrorAnnotation] !== undefined)
    return [forbiddenField('', 'static pods do not support ephemeral containers')];
  return (old.spec.ephemeralContainers ?? []).flatMap((before) => {
    const after = next.spec.ephemeralContainers?.find(({ name }) => name === before.name);
    if (after && sameValue(after, before, 'core.v1.EphemeralContainer')) return [];
    const fate = after ? 'changed' : 'removed';
    return [
      forbiddenField(
        'spec.ephemeralContainers',
        `existing ephemeral containers ${JSON.stringify(before.name)} may not be ${fate}\n${after ? describeChanges(before, after, 'core.v1.EphemeralContainer') : ''}`,
      ),
    ];
  });
}

const resize: Subresource<Pod> = {
  name: 'resize',
  withoutTable: true,
  verbs: ['get', 'patch', 'update'],
  prepareUpdate(next, old) {
    keepSystemFields(next, old);
    const result = keepAllButResources({ ...next, metadata: metadataForStatus(next, old, 'keep') }, old);
    raisePodGeneration(result, old);
    return result;
  },
  validateUpdate: (next, old) => [
    ...validateStoredMeta(next.metadata, old.metadata, true),
    ...validateObjectMetaUpdate(next.metadata, old.metadata),
    ...validatePodResize(next, old),
  ],
};

export const pod = define<Pod>({
  id: {
    group: '',
    version: 'v1',
    resource: 'pods',
    kind: 'Pod',
    shortNames: ['po'],
    categories: ['all'],
  },
  scope: 'Namespaced',
  columns: podColumns,
  defaults: defaultPod,
  prepareCreate: preparePodCreate,
  prepareUpdate(next, old) {
    next.status = old.status;
    dropGatedFields(next.spec);
    raisePodGeneration(next, old);
  },
  validate: (next, old) => (old ? validatePodUpdate(next, old) : validatePodCreate(next)),
  warnings(next, old) {
    if (old) return [];
    const messages = dns1123Label(next.metadata.name).join(' ');
    const ofName = `metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended: [${messages}]`;
    return [...(messages ? [ofName] : []), ...warnOfPod(next, '')];
  },
  status: { prepare: preparePodStatus, validate: validatePodStatus },
  subresources: [
    connect('attach', 'PodAttachOptions'),
    { name: 'binding', verbs: ['create'], kind: { group: '', version: 'v1', kind: 'Binding' } },
    ephemeralContainers,
    { name: 'eviction', verbs: ['create'], kind: { group: 'policy', version: 'v1', kind: 'Eviction' } },
    connect('exec', 'PodExecOptions'),
    { name: 'log', verbs: ['get'] },
    connect('portforward', 'PodPortForwardOptions'),
    {
      name: 'proxy',
      verbs: ['create', 'delete', 'get', 'patch', 'update'],
      kind: { group: '', version: 'v1', kind: 'PodProxyOptions' },
    },
    resize,
  ],
  selectableFields: {
    'spec.nodeName': ({ spec }) => spec.nodeName ?? '',
    'spec.restartPolicy': ({ spec }) => spec.restartPolicy ?? '',
    'spec.schedulerName': ({ spec }) => spec.schedulerName ?? '',
    'spec.serviceAccountName': ({ spec }) => spec.serviceAccountName ?? '',
    'spec.hostNetwork': ({ spec }) => String(spec.hostNetwork ?? false),
    'status.phase': ({ status }) => status?.phase ?? '',
    'status.podIP': podIp,
    // Known, yet of no pod's fields: nothing has a value there.
    'status.podIPs': () => '',
    // What the oldest clients call spec.nodeName.
    'spec.host': ({ spec }) => spec.nodeName ?? '',
    'status.nominatedNodeName': ({ status }) => status?.nominatedNodeName ?? '',
  },
  gracefulDelete: () => true,
  deletionGraceSeconds({ spec, status }, requested) {
    // Nobody has to be told: no kubelet runs it, or not any more.
    if (!spec.nodeName || status?.phase === 'Failed' || status?.phase === 'Succeeded') return 0;
    const seconds = requested ?? spec.terminationGracePeriodSeconds ?? 0;
    return seconds < 0 ? 1 : seconds;
  },
});
