import { type EndpointAddress, type Endpoints, objectKey, type Service } from '@kubets/api';
import { refs } from '@kubets/client';
import { parseIp } from '@kubets/resources';
import { slicesByService } from '../endpointslice/endpoint_slice_controller.ts';
import { type EndpointGroup, groupKey, planSlices } from '../endpointslice/plan_slices.ts';
import { sliceLabels } from '../endpointslice/service_slices.ts';
import { SliceWriter } from '../endpointslice/slice_writer.ts';
import type { Controller, ControllerContext, ControllerDefinition } from '../runtime/controller.ts';
import { semanticEqual } from '../runtime/equal.ts';
import { watch, watchSelf } from '../runtime/watch.ts';

const managedBy = 'endpointslicemirroring-controller.k8s.io';
const skipMirror = 'endpointslice.kubernetes.io/skip-mirror';
const leaderElection = 'control-plane.alpha.kubernetes.io/leader';
/** Endpoints of one subset that are mirrored, which is what one slice may hold. */
const maxEndpoints = 1000;
const notCopied = [
  'endpoints.kubernetes.io/last-change-trigger-time',
  'kubectl.kubernetes.io/last-applied-configuration',
];

export const endpointSliceMirroringController: ControllerDefinition = {
  name: 'endpointslice-mirroring-controller',
  create: (context) => [mirroring(context)],
};

/** Makes slices of Endpoints that people wrote for services without a selector. */
function mirroring({ client, caches, clock, recorder }: ControllerContext): Controller {
  const services = caches.of(refs.services);
  const endpoints = caches.of(refs.endpoints);
  const slices = caches.of(refs.endpointSlices);
  const slicesOf = caches.lookup(refs.endpointSlices, slicesByService);
  const writer = new SliceWriter({ client, clock });
  const isOurs = (slice: { metadata: { labels?: Record<string, string> } } | undefined) =>
    slice?.metadata.labels?.[sliceLabels.managedBy] === managedBy;

  return {
    name: 'endpointslicemirroring',
    watches: [
      watchSelf(endpoints),
      watch(services, (service, old) => {
        const same = service && old && Boolean(service.spec.selector) === Boolean(old.spec.selector);
        return same ? [] : [objectKey((service ?? old)!)];
      }),
      watch(slices, (slice, old) => {
        if (!isOurs(slice) && !isOurs(old)) return [];
        const keys = new Set([
          ...(slice ? slicesByService.values(slice) : []),
          ...(old ? slicesByService.values(old) : []),
        ]);
        for (const key of keys) writer.observe(key, slice, old);
        return keys;
      }),
    ],
    async reconcile(key) {
      if (!writer.upToDate(key)) return;
      const source = endpoints.get(key);
      const existing = slicesOf(key).filter((slice) => isOurs(slice) && !slice.metadata.deletionTimestamp);
      const wanted = source && isMirrored(source, services.get(key));
      if (!wanted && existing.length === 0) return writer.forget(key);
      const { groups, invalid, skipped } = wanted ? groupsOf(source) : { groups: [], invalid: 0, skipped: 0 };
      if (invalid > 0) {
        const message = `Skipped ${invalid} invalid IP addresses when mirroring to EndpointSlices`;
        recorder.event(source!, 'Warning', 'InvalidIPAddress', message);
      }
      if (skipped > 0) {
        const message = `A max of ${maxEndpoints} addresses can be mirrored to EndpointSlices per Endpoints subset. ${skipped} addresses were skipped`;
        recorder.event(source!, 'Warning', 'TooManyAddressesToMirror', message);
      }
      const labels = source ? labelsOf(source) : {};
      const annotations = source ? annotationsOf(source) : {};
      const plan = planSlices({
        groups,
        existing,
        maxEndpoints,
        isStale: ({ metadata }) =>
          !semanticEqual(metadata.labels, labels) || !semanticEqual(metadata.annotations, annotations),
      });
      const owner = source ?? existing[0]!;
      await writer.carryOut({
        key,
        owner,
        ownerRef: refs.endpoints,
        labels,
        plan,
        annotations: () => annotations,
      });
    },
  };
}

function isMirrored({ metadata }: Endpoints, service: Service | undefined): boolean {
  if (metadata.labels?.[skipMirror] === 'true' || metadata.annotations?.[leaderElection] !== undefined)
    return false;
  return service !== undefined && !service.spec.selector;
}

function groupsOf(source: Endpoints) {
  const groups = new Map<string, EndpointGroup & { endpoints: EndpointGroup['endpoints'][number][] }>();
  let invalid = 0;
  let skipped = 0;
  for (const { addresses = [], notReadyAddresses = [], ports: subsetPorts = [] } of source.subsets ?? []) {
    const ports = subsetPorts.map(({ name = '', port, protocol = 'TCP', appProtocol }) => ({
      name,
      port,
      protocol,
      ...(appProtocol !== undefined && { appProtocol }),
    }));
    let added = 0;
    const all: [EndpointAddress, boolean][] = [
      ...addresses.map((address): [EndpointAddress, boolean] => [address, true]),
      ...notReadyAddresses.map((address): [EndpointAddress, boolean] => [address, false]),
    ];
    for (const [{ ip, hostname, nodeName, targetRef }, ready] of all) {
      const parsed = parseIp(ip);
      if (!parsed) invalid++;
      else if (added >= maxEndpoints) skipped++;
      else {
        const addressType = parsed.family;
        const key = groupKey(addressType, ports);
        let group = groups.get(key);
        if (!group) groups.set(key, (group = { addressType, ports, endpoints: [] }));
        group.endpoints.push({
          addresses: [parsed.text],
          conditions: { ready },
          ...(hostname && { hostname }),
          ...(nodeName && { nodeName }),
          ...(targetRef && { targetRef }),
        });
        added++;
      }
    }
  }
  return { groups: [...groups.values()], invalid, skipped };
}

function labelsOf({ metadata }: Endpoints): Record<string, string> {
  return { ...metadata.labels, [sliceLabels.service]: metadata.name, [sliceLabels.managedBy]: managedBy };
}

function annotationsOf({ metadata }: Endpoints): Record<string, string> {
  return Object.fromEntries(
    Object.entries(metadata.annotations ?? {}).filter(([key]) => !notCopied.includes(key)),
  );
}
