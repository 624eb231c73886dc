import type { NodeSelectorRequirement, VolumeNodeAffinity } from '@kubets/api';

/** Labels of nodes that lost their `beta`: a volume may follow its nodes to the new ones. */
const stableKeys: Readonly<Record<string, string>> = {
  'failure-domain.beta.kubernetes.io/zone': 'topology.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region': 'topology.kubernetes.io/region',
  'beta.kubernetes.io/os': 'kubernetes.io/os',
  'beta.kubernetes.io/arch': 'kubernetes.io/arch',
  'beta.kubernetes.io/instance-type': 'node.kubernetes.io/instance-type',
};

/** `old` with the new key of a label wherever `next` has it in the same place. */
export function withStableKeys(
  old: VolumeNodeAffinity,
  next: VolumeNodeAffinity | undefined,
): VolumeNodeAffinity {
  if (!old.required) return old;
  const moved = (before: NodeSelectorRequirement[] = [], after: NodeSelectorRequirement[] = []) =>
    before.map((requirement, i) => {
      const key = stableKeys[requirement.key];
      return key !== undefined && after[i]?.key === key ? { ...requirement, key } : requirement;
    });
  const nodeSelectorTerms = (old.required.nodeSelectorTerms ?? []).map((term, i) => {
    const other = next?.required?.nodeSelectorTerms?.[i];
    return {
      ...term,
      matchExpressions: moved(term.matchExpressions, other?.matchExpressions),
      matchFields: moved(term.matchFields, other?.matchFields),
    };
  });
  return { ...old, required: { ...old.required, nodeSelectorTerms } };
}
