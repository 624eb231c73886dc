// Small plugins that run only where `--enable-admission-plugins` names them.
import {
  type Container,
  forbidden,
  notFound,
  notSupported,
  type Pod,
  type Service,
  statusError,
} from '@kubets/api';
import { containersWithPath, isExtended } from '@kubets/resources';
import type { AdmissionPlugin, AdmissionRequest, Reader } from '../../access.ts';
import { concerns } from './concerns.ts';
import { refusal } from './refusal.ts';

const isPodWrite = concerns({ operations: ['CREATE', 'UPDATE'], resource: 'pods' });

export const alwaysAdmit: AdmissionPlugin = { name: 'AlwaysAdmit', handles: () => false };

export const alwaysDeny: AdmissionPlugin = {
  name: 'AlwaysDeny',
  handles: () => true,
  admit: denyAll,
  validate: denyAll,
};

function denyAll(request: AdmissionRequest): void {
  throw refusal(request, 'admission control is denying all modifications');
}

export function namespaceExists(reader: Reader): AdmissionPlugin {
  return {
    name: 'NamespaceExists',
    handles: ({ operation, resource }) => operation !== 'CONNECT' && resource !== 'namespaces',
    validate({ namespace }) {
      if (namespace && !reader.get('', 'namespaces', undefined, namespace))
        throw notFound({ group: '', resource: 'namespaces' }, namespace);
    },
  };
}

const hostname = 'kubernetes.io/hostname';

export const limitPodHardAntiAffinityTopology: AdmissionPlugin = {
  name: 'LimitPodHardAntiAffinityTopology',
  handles: isPodWrite,
  validate(request) {
    const { metadata, spec }: Pod = request.object;
    const terms = spec.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
    const other = terms.find(({ topologyKey }) => topologyKey !== hostname);
    if (other)
      throw forbidden(
        request,
        metadata.name,
        `affinity.PodAntiAffinity.RequiredDuringScheduling has TopologyKey ${other.topologyKey} but only key ${hostname} is allowed`,
      );
  },
};

/** Whoever may not pull an image must not get it from a node that has it. */
export const alwaysPullImages: AdmissionPlugin = {
  name: 'AlwaysPullImages',
  handles: (request) => isPodWrite(request) && !(request.operation === 'UPDATE' && !hasNewImage(request)),
  admit({ object }) {
    const { spec }: Pod = object;
    for (const { container } of containersWithPath(spec, 'spec')) container.imagePullPolicy = 'Always';
    for (const { image } of spec.volumes ?? []) if (image) image.pullPolicy = 'Always';
  },
  validate(request) {
    const { spec }: Pod = request.object;
    const wrong = [
      ...containersWithPath(spec, 'spec').flatMap(({ at, container: { imagePullPolicy } }) =>
        imagePullPolicy === 'Always' ? [] : [{ path: `${at}.imagePullPolicy`, policy: imagePullPolicy }],
      ),
      ...(spec.volumes ?? []).flatMap(({ image }, i) =>
        !image || image.pullPolicy === 'Always'
          ? []
          : [{ path: `spec.volumes[${i}].image.pullPolicy`, policy: image.pullPolicy }],
      ),
    ];
    const refusals = wrong.map(({ path, policy }) => {
      const { field, message } = notSupported(path, policy, ['Always']);
      return refusal(request, `${field}: ${message}`);
    });
    if (refusals.length === 1) throw refusals[0];
    if (refusals.length > 1)
      throw statusError(500, '', `[${refusals.map(({ message }) => message).join(', ')}]`);
  },
};

function hasNewImage({ object, old }: AdmissionRequest): boolean {
  const images = (pod: Pod) => containersWithPath(pod.spec, 'spec').map(({ container }) => container.image);
  const before = new Set(images(old));
  return images(object).some((image) => !before.has(image));
}

/** Nodes with devices are kept for pods that want them; those tolerate the taint. */
export const extendedResourceToleration: AdmissionPlugin = {
  name: 'ExtendedResourceToleration',
  handles: isPodWrite,
  admit({ object }) {
    const { spec }: Pod = object;
    const containers: Container[] = [...spec.containers, ...(spec.initContainers ?? [])];
    const names = containers.flatMap(({ resources }) => Object.keys(resources?.requests ?? {}));
    for (const key of [...new Set(names)].filter(isExtended).sort()) {
      const others = (spec.tolerations ?? []).filter(
        (each) => !(each.key === key && each.operator === 'Exists' && each.effect === 'NoSchedule'),
      );
      spec.tolerations = [...others, { key, operator: 'Exists', effect: 'NoSchedule' }];
    }
  },
};

/** Such an address draws the traffic of others to whoever makes the Service (CVE-2020-8554). */
export const denyServiceExternalIPs: AdmissionPlugin = {
  name: 'DenyServiceExternalIPs',
  handles: concerns({ operations: ['CREATE', 'UPDATE'], resource: 'services' }),
  validate(request) {
    const before = (request.old as Service | undefined)?.spec?.externalIPs ?? [];
    const addresses = (request.object as Service).spec?.externalIPs ?? [];
    if (addresses.some((address) => !before.includes(address)))
      throw refusal(request, 'Use of external IPs is denied by admission control');
  },
};
