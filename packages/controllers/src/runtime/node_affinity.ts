// Whether a pod may be on a node by spec.nodeSelector and required node affinity.
import type { Node, NodeSelectorRequirement, NodeSelectorTerm, PodSpec } from '@kubets/api';

export function matchesNodeAffinity(spec: PodSpec, node: Node): boolean {
  const labels = node.metadata.labels ?? {};
  for (const [key, value] of Object.entries(spec.nodeSelector ?? {})) if (labels[key] !== value) return false;
  const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return required ? matchesNodeSelectorTerms(required.nodeSelectorTerms, node) : true;
}

/** Terms are alternatives; one without requirements matches nothing. */
export function matchesNodeSelectorTerms(
  terms: readonly NodeSelectorTerm[] | undefined,
  node: Node,
): boolean {
  const fields = { 'metadata.name': node.metadata.name };
  return (terms ?? []).some(({ matchExpressions = [], matchFields = [] }) => {
    if (matchExpressions.length + matchFields.length === 0) return false;
    return (
      matchExpressions.every((requirement) => matches(requirement, node.metadata.labels ?? {})) &&
      matchFields.every((requirement) => matches(requirement, fields))
    );
  });
}

function matches(
  { key, operator, values = [] }: NodeSelectorRequirement,
  of: Record<string, string>,
): boolean {
  const value = of[key];
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
    case 'Lt': {
      const bound = values[0];
      if (!isInteger(value) || !isInteger(bound)) return false;
      return operator === 'Gt' ? BigInt(value) > BigInt(bound) : BigInt(value) < BigInt(bound);
    }
    default:
      return false;
  }
}

function isInteger(text: string | undefined): text is string {
  return text !== undefined && /^-?\d+$/.test(text);
}
