import {
  type CSIDriver,
  type CSIDriverSpec,
  duplicate,
  type FieldError,
  invalidValue,
  notSupported,
} from '@kubets/api';
import { define } from '../define.ts';
import type { Column } from '../resource.ts';
import { sameValue } from '../rules/equality.ts';
import { immutableText } from '../rules/labels.ts';
import { columnsOf, textColumn } from '../table/columns.ts';
import { storageKind } from './storage_kinds.ts';

export const csiDriver = define<CSIDriver>({
  id: storageKind('csidrivers', 'CSIDriver'),
  scope: 'Cluster',
  allowUnconditionalUpdate: false,
  columns: columnsOf<CSIDriver>(
    flag(
      'AttachRequired',
      'Whether volumes are attached to a node before use.',
      (spec) => spec.attachRequired ?? true,
    ),
    flag('PodInfoOnMount', 'Whether the driver is told about the pod.', (spec) => spec.podInfoOnMount),
    flag('StorageCapacity', 'Whether the scheduler asks for free capacity.', (spec) => spec.storageCapacity),
    textColumn(
      'TokenRequests',
      'Audiences of tokens that the driver gets.',
      ({ spec }) => spec.tokenRequests?.map(({ audience }) => audience).join(',') ?? '<unset>',
    ),
    flag('RequiresRepublish', 'Whether mounts are refreshed.', (spec) => spec.requiresRepublish),
    textColumn(
      'Modes',
      'How volumes of the driver live.',
      ({ spec }) => spec.volumeLifecycleModes?.join(',') || '<none>',
    ),
  ),
  defaults({ spec }) {
    spec.attachRequired ??= true;
    spec.podInfoOnMount ??= false;
    spec.storageCapacity ??= false;
    spec.fsGroupPolicy ??= 'ReadWriteOnceWithFSType';
    if (!spec.volumeLifecycleModes?.length) spec.volumeLifecycleModes = ['Persistent'];
    spec.requiresRepublish ??= false;
    spec.seLinuxMount ??= false;
  },
  prepareCreate: ({ spec }) => {
    delete spec.preventPodSchedulingIfMissing;
  },
  prepareUpdate: ({ metadata, spec }, old) => {
    if (old.spec.preventPodSchedulingIfMissing === undefined) delete spec.preventPodSchedulingIfMissing;
    // A new driver has whatever generation it came with: only changes of its spec count.
    if (!sameValue(spec, old.spec, 'storage.v1.CSIDriverSpec'))
      metadata.generation = (old.metadata.generation ?? 0) + 1;
  },
  warnings: ({ spec }, old) =>
    spec.tokenRequests?.length &&
    spec.serviceAccountTokenInSecrets === undefined &&
    !(old && sameValue(spec.tokenRequests, old.spec.tokenRequests))
      ? [
          'spec.serviceAccountTokenInSecrets is unset; if supported by this CSI driver, set to true to prevent possible logging of tokens in volume attributes',
        ]
      : [],
  validate: ({ spec }) => validateSpec(spec),
  validateUpdate: (next, old) => [
    ...(next.spec.attachRequired === old.spec.attachRequired
      ? []
      : [invalidValue('spec.attachedRequired', next.spec.attachRequired ?? null, immutableText)]),
    ...(sameValue(next.spec.volumeLifecycleModes, old.spec.volumeLifecycleModes)
      ? []
      : [invalidValue('spec.volumeLifecycleModes', next.spec.volumeLifecycleModes ?? null, immutableText)]),
  ],
});

function flag(
  name: string,
  description: string,
  of: (spec: CSIDriverSpec) => boolean | undefined,
): Column<CSIDriver> {
  return { name, type: 'boolean', description, value: ({ spec }) => of(spec) ?? false };
}

function validateSpec(spec: CSIDriverSpec): FieldError[] {
  const errors: FieldError[] = [];
  const policies = ['File', 'None', 'ReadWriteOnceWithFSType'];
  if (spec.fsGroupPolicy !== undefined && !policies.includes(spec.fsGroupPolicy))
    errors.push(notSupported('spec.fsGroupPolicy', spec.fsGroupPolicy, policies));
  errors.push(...validateTokenRequests(spec.tokenRequests ?? []));
  for (const mode of spec.volumeLifecycleModes ?? [])
    if (mode !== 'Persistent' && mode !== 'Ephemeral')
      errors.push(notSupported('spec.volumeLifecycleModes', mode, ['Persistent', 'Ephemeral']));
  const period = spec.nodeAllocatableUpdatePeriodSeconds;
  if (period !== undefined && period < 10)
    errors.push(
      invalidValue(
        'spec.nodeAllocatableUpdatePeriodSeconds',
        period,
        'must be greater than or equal to 10 seconds',
      ),
    );
  const inSecrets = spec.serviceAccountTokenInSecrets;
  if (inSecrets !== undefined && !spec.tokenRequests?.length)
    errors.push(
      invalidValue(
        'spec.serviceAccountTokenInSecrets',
        inSecrets,
        'serviceAccountTokenInSecrets is set but no tokenRequests are specified',
      ),
    );
  return errors;
}

function validateTokenRequests(requests: NonNullable<CSIDriverSpec['tokenRequests']>): FieldError[] {
  const seen = new Set<string>();
  return requests.flatMap(({ audience, expirationSeconds }, i) => {
    const path = `spec.tokenRequests[${i}]`;
    if (seen.has(audience)) return [duplicate(`${path}.audience`, audience)];
    seen.add(audience);
    if (expirationSeconds === undefined) return [];
    const fault = (text: string) => [invalidValue(`${path}.expirationSeconds`, expirationSeconds, text)];
    if (expirationSeconds < 600) return fault('may not specify a duration less than 10 minutes');
    return expirationSeconds > 2 ** 32 ? fault('may not specify a duration larger than 2^32 seconds') : [];
  });
}
