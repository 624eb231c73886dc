import { forbidden, type PodSpec, type RuntimeClass } from '@kubets/api';
import type { AdmissionPlugin, Reader } from '../../access.ts';

/** Takes a pod's overhead and node choice from its RuntimeClass (KEP-585, KEP-688). */
export function runtimeClassAdmission(reader: Reader): AdmissionPlugin {
  return {
    name: 'RuntimeClass',
    handles: ({ operation, group, resource, subresource }) =>
      operation === 'CREATE' && group === '' && resource === 'pods' && subresource === '',
    admit(request) {
      const spec: PodSpec = request.object.spec;
      if (!spec.runtimeClassName) {
        if (spec.overhead && Object.keys(spec.overhead).length > 0) {
          throw forbidden(
            request,
            request.name,
            'pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead',
          );
        }
        return;
      }
      const found = reader.get<RuntimeClass>(
        'node.k8s.io',
        'runtimeclasses',
        undefined,
        spec.runtimeClassName,
      );
      if (!found) {
        throw forbidden(
          request,
          request.name,
          `pod rejected: RuntimeClass "${spec.runtimeClassName}" not found`,
        );
      }
      if (found.overhead?.podFixed) spec.overhead = { ...found.overhead.podFixed };
      for (const [key, value] of Object.entries(found.scheduling?.nodeSelector ?? {})) {
        if (spec.nodeSelector?.[key] !== undefined && spec.nodeSelector[key] !== value) {
          throw forbidden(
            request,
            request.name,
            'conflict: runtimeClass.scheduling.nodeSelector and pod.spec.nodeSelector differ on key ' + key,
          );
        }
        spec.nodeSelector = { ...spec.nodeSelector, [key]: value };
      }
      if (found.scheduling?.tolerations) {
        spec.tolerations = [...(spec.tolerations ?? []), ...found.scheduling.tolerations];
      }
    },
  };
}
