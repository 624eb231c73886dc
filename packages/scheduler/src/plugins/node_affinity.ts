import type { NodeSelectorTerm, Pod } from '@kubets/api';
import { matchesNodeAffinity, matchesNodeSelectorTerms } from '@kubets/controllers/runtime/node_affinity.ts';
import type { NodeInfo } from '../state/node_info.ts';
import { type SchedulerPlugin, scaleToMax, unresolvable } from './plugin.ts';

const failure = unresolvable("node(s) didn't match Pod's node affinity/selector");

/** spec.nodeSelector and node affinity. */
export const nodeAffinity: SchedulerPlugin = {
  name: 'NodeAffinity',
  weight: 2,
  filter({ pod }) {
    const required = requiredTerms(pod);
    if (!required && !pod.spec.nodeSelector) return undefined;
    const onlyNodes = required && namedNodes(required);
    if (onlyNodes?.size === 0) return { refused: 'pod affinity terms conflict' };
    return {
      ...(onlyNodes && { onlyNodes }),
      test: (node) => (matches(pod, node) ? undefined : failure),
    };
  },
  score({ pod }) {
    const preferred = pod.spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
    // An empty term matches nothing, and a weight of 0 adds nothing.
    const terms = preferred.filter(({ weight }) => weight > 0);
    if (terms.length === 0) return undefined;
    return {
      rate: (node) => {
        let sum = 0;
        for (const { preference, weight } of terms)
          if (matchesNodeSelectorTerms([preference], node.node!)) sum += weight;
        return sum;
      },
      normalize: (rates) => scaleToMax(rates, { reverse: false }),
    };
  },
  wakesOn: (event, { pod }) =>
    event.type === 'node' &&
    (event.what.has('new') || event.what.has('labels')) &&
    matches(pod, event.node) &&
    !(event.old && matchesNodeAffinity(pod.spec, event.old)),
};

function matches(pod: Pod, node: NodeInfo): boolean {
  return matchesNodeAffinity(pod.spec, node.node!);
}

function requiredTerms(pod: Pod): readonly NodeSelectorTerm[] | undefined {
  return pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
}

/** The nodes that terms name, as those of a DaemonSet's pods do; undefined when a term names none. */
function namedNodes(terms: readonly NodeSelectorTerm[]): Set<string> | undefined {
  const names = new Set<string>();
  for (const { matchFields = [] } of terms) {
    const lists = matchFields
      .filter(({ key, operator }) => key === 'metadata.name' && operator === 'In')
      .map(({ values = [] }) => values);
    if (lists.length === 0) return undefined;
    for (const name of lists[0]!) if (lists.every((list) => list.includes(name))) names.add(name);
  }
  return terms.length > 0 ? names : undefined;
}
