import { type CSIDriver, type FieldError, forbiddenField, notSupported } from '@kubets/api';
import { define } from '../define.ts';
import { columnsOf, textColumn } from '../table/columns.ts';

const flag = (name: string, description: string, of: (driver: CSIDriver) => boolean | undefined) => ({
  name,
  type: 'boolean' as const,
  description,
  value: (object: CSIDriver) => of(object) ?? false,
});

export const csiDriver = define<CSIDriver>({
  id: { group: 'storage.k8s.io', version: 'v1', resource: 'csidrivers', kind: 'CSIDriver' },
  scope: 'Cluster',
  generation: 'spec',
  columns: columnsOf<CSIDriver>(
    flag(
      'AttachRequired',
      'Whether volumes are attached to a node before use.',
      ({ spec }) => spec.attachRequired,
    ),
    flag('PodInfoOnMount', 'Whether the driver is told about the pod.', ({ spec }) => spec.podInfoOnMount),
    flag(
      'StorageCapacity',
      'Whether the scheduler asks for free capacity.',
      ({ spec }) => spec.storageCapacity,
    ),
    textColumn('TokenRequests', 'Audiences of tokens that the driver gets.', ({ spec }) =>
      listed(spec.tokenRequests?.map((request) => request.audience)),
    ),
    flag('RequiresRepublish', 'Whether mounts are refreshed.', ({ spec }) => spec.requiresRepublish),
    textColumn('Modes', 'How volumes of the driver live.', ({ spec }) => listed(spec.volumeLifecycleModes)),
  ),
  defaults({ spec }) {
    spec.attachRequired ??= true;
    spec.podInfoOnMount ??= false;
    spec.storageCapacity ??= false;
    spec.fsGroupPolicy ??= 'ReadWriteOnceWithFSType';
    spec.volumeLifecycleModes ??= ['Persistent'];
    spec.requiresRepublish ??= false;
    spec.seLinuxMount ??= false;
  },
  validate({ spec }) {
    const problems: FieldError[] = [];
    const modes = ['Ephemeral', 'Persistent'];
    for (const [index, mode] of (spec.volumeLifecycleModes ?? []).entries()) {
      if (!modes.includes(mode))
        problems.push(notSupported(`spec.volumeLifecycleModes[${index}]`, mode, modes));
    }
    const policies = ['File', 'None', 'ReadWriteOnceWithFSType'];
    if (!policies.includes(spec.fsGroupPolicy!)) {
      problems.push(notSupported('spec.fsGroupPolicy', spec.fsGroupPolicy, policies));
    }
    return problems;
  },
  validateUpdate: (next, old) =>
    next.spec.attachRequired === old.spec.attachRequired
      ? []
      : [forbiddenField('spec.attachedRequired', 'field is immutable')],
});

function listed(values: readonly (string | undefined)[] | undefined): string {
  return values && values.length > 0 ? values.join(',') : '<unset>';
}
