import type { Pod } from '@kubets/api';
import type { Column } from '../../resource.ts';
import { ageSince } from '../../table/age.ts';
import { columnsOf, textColumn, wide } from '../../table/columns.ts';
import { summarizePod } from './status_text.ts';

export const podColumns: Column<Pod>[] = columnsOf<Pod>(
  textColumn('Ready', 'How many of its containers are ready, of how many.', (pod) => {
    const { ready, containers } = summarizePod(pod);
    return `${ready}/${containers}`;
  }),
  textColumn(
    'Status',
    'Where the pod is in its life, or what holds it up.',
    (pod) => summarizePod(pod).status,
  ),
  textColumn('Restarts', 'How often its containers were started again, and when last.', (pod, nowMs) => {
    const { restarts, lastRestart } = summarizePod(pod);
    return restarts > 0 && lastRestart ? `${restarts} (${ageSince(lastRestart, nowMs)} ago)` : `${restarts}`;
  }),
  wide(textColumn('IP', 'Address of the pod.', (pod) => podIp(pod) || '<none>')),
  wide(
    textColumn('Node', 'Node that the pod runs on or is meant for.', (pod) => pod.spec.nodeName || '<none>'),
  ),
  wide(
    textColumn(
      'Nominated Node',
      'Node on which others make room for the pod.',
      (pod) => pod.status?.nominatedNodeName || '<none>',
    ),
  ),
  wide(textColumn('Readiness Gates', 'How many readiness gates have opened, of how many.', readinessGates)),
);

export function podIp(pod: Pod): string {
  return pod.status?.podIPs?.[0]?.ip ?? pod.status?.podIP ?? '';
}

function readinessGates(pod: Pod): string {
  const gates = pod.spec.readinessGates ?? [];
  if (gates.length === 0) return '<none>';
  const open = gates.filter(
    (gate) => pod.status?.conditions?.find(({ type }) => type === gate.conditionType)?.status === 'True',
  );
  return `${open.length}/${gates.length}`;
}
