// A pod that gates keep from being scheduled may still be steered to fewer nodes (KEP-3838).
import {
  type FieldError,
  invalidValue,
  type NodeAffinity,
  type NodeSelectorTerm,
  type PodSpec,
} from '@kubets/api';
import { sameValue } from '../../rules/equality.ts';
import { goStruct, goStructs } from '../../rules/go_struct.ts';

const requiredTerms = 'requiredDuringSchedulingIgnoredDuringExecution';

/** Checks nodeSelector and node affinity, then sets them back in `next`, which is the caller's own. */
export function validateGatedUpdate(next: PodSpec, old: PodSpec, path: string): FieldError[] {
  const errors: FieldError[] = [];
  if (!sameValue(next.nodeSelector ?? {}, old.nodeSelector ?? {})) {
    const kept = Object.entries(old.nodeSelector ?? {}).every(([k, v]) => next.nodeSelector?.[k] === v);
    if (!kept)
      errors.push(
        invalidValue(
          `${path}.nodeSelector`,
          next.nodeSelector ?? null,
          'only additions to spec.nodeSelector are allowed (no mutations or deletions)',
        ),
      );
    next.nodeSelector = old.nodeSelector;
  }
  const before = old.affinity?.nodeAffinity;
  const after = next.affinity?.nodeAffinity;
  if (sameValue(before, after, 'core.v1.NodeAffinity')) return errors;
  errors.push(
    ...validateTerms(after, before, `${path}.affinity.nodeAffinity.${requiredTerms}.nodeSelectorTerms`),
  );
  const { nodeAffinity: _, ...others } = next.affinity ?? {};
  const affinity = before ? { ...others, nodeAffinity: before } : others;
  next.affinity = Object.keys(affinity).length === 0 && !old.affinity ? undefined : affinity;
  return errors;
}

function validateTerms(
  next: NodeAffinity | undefined,
  old: NodeAffinity | undefined,
  path: string,
): FieldError[] {
  const oldTerms = old?.[requiredTerms]?.nodeSelectorTerms ?? [];
  const newTerms = next?.[requiredTerms]?.nodeSelectorTerms ?? [];
  if (oldTerms.length > 0 && oldTerms.length !== newTerms.length)
    return [
      invalidValue(
        path,
        shown(newTerms),
        'no additions/deletions to non-empty NodeSelectorTerms list are allowed',
      ),
    ];
  return oldTerms.flatMap((term, i) =>
    onlyAdds(newTerms[i]!, term)
      ? []
      : [
          invalidValue(
            `${path}[${i}]`,
            goStruct(newTerms[i], 'core.v1.NodeSelectorTerm'),
            'only additions are allowed (no mutations or deletions)',
          ),
        ],
  );
}

function shown(terms: NodeSelectorTerm[]): unknown {
  return terms.length > 0 ? goStructs(terms, 'core.v1.NodeSelectorTerm') : null;
}

/** Requirements of a term must all hold, so more of them only narrow it; an empty term matches nothing. */
function onlyAdds(next: NodeSelectorTerm, old: NodeSelectorTerm): boolean {
  const wasEmpty = !old.matchExpressions?.length && !old.matchFields?.length;
  if (wasEmpty) return !next.matchExpressions?.length && !next.matchFields?.length;
  return (['matchExpressions', 'matchFields'] as const).every((list) => {
    const before = old[list] ?? [];
    return sameValue((next[list] ?? []).slice(0, before.length), before, 'core.v1.NodeSelectorRequirement');
  });
}
