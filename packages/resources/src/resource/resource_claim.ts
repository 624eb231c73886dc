import { invalidValue, type ResourceV1ResourceClaim as ResourceClaim } from '@kubets/api';
import { define } from '../define.ts';
import { sameField } from '../rules/equality.ts';
import { goStruct } from '../rules/go_struct.ts';
import { immutableText } from '../rules/labels.ts';
import { columnsOf, textColumn } from '../table/columns.ts';
import { resourceClaimVersions } from './other_versions.ts';
import { resourceKind } from './resource_kinds.ts';
import { defaultClaimSpec, validateClaimSpec } from './validate_claim.ts';
import { deviceKey, validateClaimStatus } from './validate_claim_status.ts';

export const resourceClaim = define<ResourceClaim>({
  id: resourceKind('resourceclaims', 'ResourceClaim'),
  otherVersions: resourceClaimVersions,
  scope: 'Namespaced',
  columns: columnsOf<ResourceClaim>(
    textColumn('State', 'Whether devices are set aside for it, and whether it is in use.', stateText),
  ),
  defaults({ spec, status }) {
    defaultClaimSpec(spec);
    for (const { tolerations } of status?.allocation?.devices?.results ?? [])
      for (const toleration of tolerations ?? []) toleration.operator ||= 'Equal';
  },
  validate: ({ spec }, old) => (old ? [] : validateClaimSpec(spec, 'spec')),
  validateUpdate: (next, old) =>
    sameField(next, old, 'spec', 'resource.v1.ResourceClaim')
      ? []
      : [invalidValue('spec', goStruct(next.spec, 'resource.v1.ResourceClaimSpec'), immutableText)],
  status: {
    withoutTable: true,
    metadata: 'keep',
    prepare(next, old) {
      // What drivers say of a device goes with the allocation of the device.
      const kept = new Set((next.status?.allocation?.devices?.results ?? []).map(deviceKey));
      const gone = (old.status?.allocation?.devices?.results ?? [])
        .map(deviceKey)
        .filter((key) => !kept.has(key));
      const devices = next.status?.devices?.filter((device) => !gone.includes(deviceKey(device)));
      const { devices: _, ...rest } = next.status ?? {};
      next.status = { ...rest, ...(devices?.length && { devices }) };
    },
    validate: validateClaimStatus,
  },
});

function stateText({ metadata, status }: ResourceClaim): string {
  const states = metadata.deletionTimestamp ? ['deleted'] : [];
  if (status?.allocation) states.push('allocated', ...(status.reservedFor?.length ? ['reserved'] : []));
  else if (!metadata.deletionTimestamp) states.push('pending');
  return states.join(',');
}
