import { isNotFound, type ServiceCIDR } from '@kubets/api';
import { type Ms, rfc3339 } from '@kubets/base';
import { refs } from '@kubets/client';
import { cidrContains, parseCidr, parseIp } from '@kubets/resources';
import { withCondition } from '../runtime/condition.ts';
import type { Controller, ControllerContext, ControllerDefinition } from '../runtime/controller.ts';
import { watch, watchSelf } from '../runtime/watch.ts';

const finalizer = 'networking.k8s.io/service-cidr-finalizer';
/** Allocators need a moment to notice that a range is going away. */
const deletionGraceMs: Ms = 10_000;

/** Keeps a range of service addresses as long as services have addresses that are in no other (KEP-1880). */
export const serviceCidrController: ControllerDefinition = {
  name: 'service-cidr-controller',
  create: (context) => [serviceCidrs(context)],
};

function serviceCidrs({ client, caches, clock }: ControllerContext): Controller {
  const cidrs = caches.of(refs.serviceCIDRs);
  const addresses = caches.of(refs.ipAddresses);
  const deleting = () => [...cidrs.list()].filter(({ metadata }) => metadata.deletionTimestamp);

  return {
    name: 'servicecidr',
    watches: [
      watchSelf(cidrs),
      watch(cidrs, (cidr, old) => (cidr && old ? [] : deleting().map(({ metadata }) => metadata.name))),
      watch(addresses, (address) => (address ? [] : deleting().map(({ metadata }) => metadata.name))),
    ],
    async reconcile(name) {
      const cidr = cidrs.get(name);
      if (!cidr) return;
      try {
        if (!cidr.metadata.deletionTimestamp) {
          if (!cidr.metadata.finalizers?.includes(finalizer)) {
            await patch(name, { metadata: { finalizers: [finalizer] } });
          }
          return await setReady(cidr, 'True', '', 'Kubernetes Service CIDR is ready');
        }
        if (
          isNeeded(
            cidr,
            cidrs.list(),
            Array.from(addresses.list(), ({ metadata }) => metadata.name),
          )
        ) {
          const message =
            'There are still IPAddresses referencing the ServiceCIDR, please remove them or create a new ServiceCIDR';
          return await setReady(cidr, 'False', 'Terminating', message);
        }
        const left = Date.parse(cidr.metadata.deletionTimestamp) + deletionGraceMs - clock.now();
        if (left > 0) return { againAfterMs: left };
        if (cidr.metadata.finalizers?.includes(finalizer)) {
          await patch(name, { metadata: { '$deleteFromPrimitiveList/finalizers': [finalizer] } });
        }
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
    },
  };

  async function setReady(cidr: ServiceCIDR, status: string, reason: string, message: string): Promise<void> {
    const lastTransitionTime = rfc3339(clock.now());
    const conditions = withCondition(cidr.status?.conditions, {
      type: 'Ready',
      status,
      reason,
      message,
      lastTransitionTime,
    });
    if (conditions === cidr.status?.conditions) return;
    await patch(cidr.metadata.name, { status: { conditions } }, 'status');
  }

  function patch(name: string, body: object, subresource?: string) {
    return client.patch(refs.serviceCIDRs, name, undefined, 'strategic', body, { subresource });
  }
}

/** True when an address would be in no range without this one. */
export function isNeeded(
  cidr: ServiceCIDR,
  all: Iterable<ServiceCIDR>,
  addresses: readonly string[],
): boolean {
  const own = rangesOf(cidr);
  const others = [...all].filter(({ metadata }) => metadata.name !== cidr.metadata.name).flatMap(rangesOf);
  return addresses.some((address) => {
    const ip = parseIp(address);
    return (
      ip && own.some((range) => cidrContains(range, ip)) && !others.some((range) => cidrContains(range, ip))
    );
  });
}

function rangesOf({ spec }: ServiceCIDR) {
  return (spec?.cidrs ?? []).flatMap((text) => parseCidr(text) ?? []);
}
