// LimitRange: defaults for containers that say nothing, and bounds for those that do.
import type { Container, LimitRange, Pod } from '@kubets/api';
import { defaultPodLevelResources } from '@kubets/resources';
import type { AdmissionPlugin, AdmissionRequest, Reader } from '../../access.ts';
import { type Amounts, claimProblems, podProblems } from './limit_bounds.ts';
import { refusal } from './refusal.ts';

export function limitRanger(reader: Reader): AdmissionPlugin {
  const rangesOf = ({ namespace, old }: AdmissionRequest) =>
    old?.metadata.deletionTimestamp ? [] : reader.list<LimitRange>('', 'limitranges', namespace);
  return {
    name: 'LimitRanger',
    handles({ operation, group, resource, subresource }) {
      if (group !== '' || (resource !== 'pods' && resource !== 'persistentvolumeclaims')) return false;
      if (operation === 'CREATE') return subresource === '';
      // A pod's resources change by its resize alone.
      return operation === 'UPDATE' && subresource === (resource === 'pods' ? 'resize' : '');
    },
    admit(request) {
      if (request.resource !== 'pods') return;
      for (const range of rangesOf(request)) giveDefaults(request.object, range);
    },
    validate(request) {
      const find = request.resource === 'pods' ? podProblems : claimProblems;
      for (const range of rangesOf(request)) {
        const problems = [...new Set(find(request.object, range.spec?.limits ?? []))];
        if (problems.length)
          throw refusal(request, problems.length === 1 ? problems[0]! : `[${problems.join(', ')}]`);
      }
    },
  };
}

const annotation = 'kubernetes.io/limit-ranger';

function giveDefaults({ metadata, spec }: Pod, range: LimitRange): void {
  const items = (range.spec?.limits ?? []).filter(({ type }) => type === 'Container');
  const limits: Amounts = Object.assign({}, ...items.map((item) => item.default));
  const requests: Amounts = Object.assign({}, ...items.map((item) => item.defaultRequest));
  const given: string[] = [];
  const fill = (container: Container, kind: string) => {
    for (const [part, singular, amounts] of [
      ['requests', 'request', requests],
      ['limits', 'limit', limits],
    ] as const) {
      const missing = Object.keys(amounts).filter(
        (name) => container.resources?.[part]?.[name] === undefined,
      );
      if (missing.length === 0) continue;
      const added = Object.fromEntries(missing.map((name) => [name, amounts[name]!]));
      container.resources = {
        ...container.resources,
        [part]: { ...container.resources?.[part], ...added },
      };
      given.push(`${missing.sort().join(', ')} ${singular} for ${kind} ${container.name}`);
    }
  };
  for (const container of spec.containers) fill(container, 'container');
  for (const container of spec.initContainers ?? []) fill(container, 'init container');
  if (given.length === 0) return;
  defaultPodLevelResources(spec);
  metadata.annotations = {
    ...metadata.annotations,
    [annotation]: `LimitRanger plugin set: ${given.join('; ')}`,
  };
}
