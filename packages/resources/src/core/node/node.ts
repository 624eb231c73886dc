import type { Node } from '@kubets/api';
import { define } from '../../define.ts';
import type { Column } from '../../resource.ts';
import { ageColumn, nameColumn, textColumn, wide } from '../../table/columns.ts';
import { coreKind } from '../core_kinds.ts';
import { roundUpAmounts } from '../resource_names.ts';
import { validateNode, validateNodeChange } from './validate_node.ts';

const rolePrefix = 'node-role.kubernetes.io/';

export const node = define<Node>({
  id: coreKind('nodes', 'Node', { shortNames: ['no'] }),
  scope: 'Cluster',
  storagePath: 'minions',
  columns: [
    nameColumn as Column<Node>,
    textColumn('Status', 'Whether it can run pods, and whether it is closed to new ones.', statusText),
    textColumn('Roles', 'What its labels say that it is for.', rolesText),
    ageColumn as Column<Node>,
    textColumn('Version', 'Version of its kubelet.', ({ status }) => status?.nodeInfo?.kubeletVersion),
    wide(textColumn('Internal-IP', 'Address within the network of the nodes.', addressOf('InternalIP'))),
    wide(textColumn('External-IP', 'Address that the outside can reach.', addressOf('ExternalIP'))),
    wide(
      textColumn(
        'OS-Image',
        'Its operating system.',
        ({ status }) => status?.nodeInfo?.osImage || '<unknown>',
      ),
    ),
    wide(textColumn('Kernel-Version', 'Its kernel.', kernelText)),
    wide(
      textColumn(
        'Container-Runtime',
        'What runs its containers.',
        ({ status }) => status?.nodeInfo?.containerRuntimeVersion || '<unknown>',
      ),
    ),
  ],
  defaults(object) {
    object.spec ??= {};
    const { spec, status } = object;
    // The first of the list is also served under its old name, which wins where both are said and differ.
    if (spec.podCIDR && spec.podCIDR !== spec.podCIDRs?.[0]) spec.podCIDRs = [spec.podCIDR];
    if (spec.podCIDRs?.length) spec.podCIDR = spec.podCIDRs[0];
    if (status?.capacity) {
      status.capacity = roundUpAmounts(status.capacity);
      status.allocatable ??= { ...status.capacity };
    }
    if (status?.allocatable) status.allocatable = roundUpAmounts(status.allocatable);
  },
  // Unlike others: a node may come with its status, as kubelets register themselves.
  prepareCreate(object) {
    delete object.spec.configSource;
    delete object.status?.config;
    object.status ??= {};
  },
  prepareUpdate(next, old) {
    if (!old.spec?.configSource) delete next.spec.configSource;
    next.status = old.status;
  },
  validate: validateNode,
  warnings: warnOfNode,
  validateUpdate: validateNodeChange,
  status: {
    initial: (object) => (object as Node).status ?? {},
    prepare(next, old) {
      if (next.status && !old.status?.config) delete next.status.config;
    },
    validate: validateNodeChange,
  },
  subresources: [
    {
      name: 'proxy',
      verbs: ['create', 'delete', 'get', 'patch', 'update'],
      kind: { group: '', version: 'v1', kind: 'NodeProxyOptions' },
    },
  ],
  selectableFields: { 'spec.unschedulable': ({ spec }) => String(spec?.unschedulable ?? false) },
});

function statusText({ spec, status }: Node): string {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  const text = ready ? (ready.status === 'True' ? 'Ready' : 'NotReady') : 'Unknown';
  return spec?.unschedulable ? `${text},SchedulingDisabled` : text;
}

function rolesText({ metadata }: Node): string {
  const roles = Object.entries(metadata.labels ?? {}).map(([key, value]) =>
    key.startsWith(rolePrefix) ? key.slice(rolePrefix.length) : key === 'kubernetes.io/role' ? value : '',
  );
  return [...new Set(roles.filter(Boolean))].sort().join(',') || '<none>';
}

function addressOf(kind: string) {
  return ({ status }: Node) => status?.addresses?.find(({ type }) => type === kind)?.address ?? '<none>';
}

function kernelText({ status }: Node): string {
  const { kernelVersion, architecture } = status?.nodeInfo ?? {};
  return (kernelVersion || '<unknown>') + (architecture ? ` (${architecture})` : '');
}

function warnOfNode({ spec }: Node): string[] {
  return [
    ...(spec?.configSource ? ['spec.configSource: the feature is removed'] : []),
    ...(spec?.externalID ? ['spec.externalID: this field is deprecated, and is unused by Kubernetes'] : []),
  ];
}
