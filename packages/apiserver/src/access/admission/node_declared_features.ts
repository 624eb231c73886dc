import type { Node, Pod } from '@kubets/api';
import { isSidecar, sameValue } from '@kubets/resources';
import type { AdmissionPlugin, Reader } from '../../access.ts';
import { concerns } from './concerns.ts';
import { refusal } from './refusal.ts';

/** A running pod takes no change that its node has not declared to understand (KEP-5328). */
export function nodeDeclaredFeatures(reader: Reader): AdmissionPlugin {
  return {
    name: 'NodeDeclaredFeatureValidator',
    handles: concerns({ operations: ['UPDATE'], resource: 'pods', subresources: ['', 'resize'] }),
    validate(request) {
      const pod: Pod = request.object;
      const old: Pod = request.old;
      const { nodeName } = pod.spec;
      if (!nodeName || pod.metadata.generation === old.metadata.generation) return;
      const needed = Object.entries(features).flatMap(([name, isNeeded]) =>
        isNeeded(pod.spec, old.spec) ? [name] : [],
      );
      if (needed.length === 0) return;
      const node = reader.get<Node>('', 'nodes', undefined, nodeName);
      if (!node) throw refusal(request, `node "${nodeName}" not found`);
      const missing = needed.filter((name) => !node.status?.declaredFeatures?.includes(name));
      if (missing.length)
        throw refusal(
          request,
          `pod update requires features ${missing.join(', ')} which are not available on node "${nodeName}"`,
        );
    },
  };
}

/** What an update can come to need, by name. */
const features: Record<string, (next: Pod['spec'], old: Pod['spec']) => boolean> = {
  InPlacePodLevelResourcesVerticalScaling: (next, old) =>
    !sameValue({ resources: next.resources }, { resources: old.resources }, 'core.v1.PodSpec'),
  InPlacePodVerticalScalingInitContainers: (next, old) =>
    (old.initContainers ?? []).some(
      (container, i) =>
        !isSidecar(container) &&
        !sameValue(
          { resources: container.resources },
          { resources: next.initContainers?.[i]?.resources },
          'core.v1.Container',
        ),
    ),
};
