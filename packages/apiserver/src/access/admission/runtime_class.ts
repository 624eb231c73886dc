import { goQuote, type PodSpec, type RuntimeClass, statusError } from '@kubets/api';
import { pathSegmentName, sameValue } from '@kubets/resources';
import type { AdmissionPlugin, AdmissionRequest, Reader } from '../../access.ts';
import { concerns } from './concerns.ts';
import { mergeTolerations } from './merge_tolerations.ts';
import { refusal } from './refusal.ts';

const overheadDiffers = "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead";

/** Takes a pod's overhead and node choice from its RuntimeClass (KEP-585, KEP-688). */
export function runtimeClassAdmission(reader: Reader): AdmissionPlugin {
  return {
    name: 'RuntimeClass',
    handles: concerns({ operations: ['CREATE'], resource: 'pods' }),
    admit(request) {
      const spec: PodSpec = request.object.spec;
      const { overhead, scheduling } = classOf(reader, request) ?? {};
      if (overhead) {
        const isSet = Object.keys(spec.overhead ?? {}).length > 0;
        if (isSet && !isSameOverhead(spec, overhead)) throw refusal(request, overheadDiffers);
        spec.overhead = { ...overhead.podFixed };
      }
      if (scheduling) setScheduling(request, spec, scheduling);
    },
    validate(request) {
      const spec: PodSpec = request.object.spec;
      const overhead = classOf(reader, request)?.overhead;
      if (overhead && !isSameOverhead(spec, overhead)) throw refusal(request, overheadDiffers);
      if (!overhead && spec.overhead)
        throw refusal(
          request,
          'pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead',
        );
    },
  };
}

function classOf(reader: Reader, request: AdmissionRequest): RuntimeClass | undefined {
  const name: string | undefined = request.object.spec.runtimeClassName;
  if (name == null) return undefined;
  // Upstream then asks the API for it, and a path without a name is none.
  if (name === '') throw statusError(500, '', 'resource name may not be empty');
  const unusable = pathSegmentName(name);
  if (unusable.length)
    throw statusError(500, '', `invalid resource name ${goQuote(name)}: [${unusable.join(' ')}]`);
  const found = reader.get<RuntimeClass>('node.k8s.io', 'runtimeclasses', undefined, name);
  if (!found) throw refusal(request, `pod rejected: RuntimeClass ${goQuote(name)} not found`);
  return found;
}

function isSameOverhead({ overhead }: PodSpec, { podFixed }: NonNullable<RuntimeClass['overhead']>): boolean {
  return sameValue({ overhead }, { overhead: podFixed }, 'core.v1.PodSpec');
}

function setScheduling(
  request: AdmissionRequest,
  spec: PodSpec,
  { nodeSelector = {}, tolerations = [] }: NonNullable<RuntimeClass['scheduling']>,
): void {
  for (const [key, value] of Object.entries(nodeSelector)) {
    const own = spec.nodeSelector?.[key];
    if (own !== undefined && own !== value)
      throw refusal(
        request,
        `conflict: runtimeClass.scheduling.nodeSelector[${key}] = ${value}; pod.spec.nodeSelector[${key}] = ${own}`,
      );
    spec.nodeSelector = { ...spec.nodeSelector, [key]: value };
  }
  const merged = mergeTolerations([...(spec.tolerations ?? []), ...tolerations]);
  if (merged.length) spec.tolerations = merged;
  else delete spec.tolerations;
}
