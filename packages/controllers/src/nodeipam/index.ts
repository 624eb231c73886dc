import { isNotFound, type Node } from '@kubets/api';
import { errorMessage } from '@kubets/base';
import { refs } from '@kubets/client';
import type { Controller, ControllerContext, ControllerDefinition } from '../runtime/controller.ts';
import { watch } from '../runtime/watch.ts';
import { CidrPool } from './cidr_pool.ts';

/** Gives each node its part of the pod addresses (spec.podCIDRs, one for each family). */
export const nodeIpamController: ControllerDefinition = {
  name: 'node-ipam-controller',
  component: 'cidrAllocator',
  create: (context) => [nodeIpam(context)],
};

function nodeIpam({ client, caches, config, recorder }: ControllerContext): Controller {
  const nodes = caches.of(refs.nodes);
  const masks = { ipv4: config.nodeCidrMaskSizeIpv4, ipv6: config.nodeCidrMaskSizeIpv6 };
  const pools = config.clusterCidrs.map((cidr) => new CidrPool(cidr, masks));

  return {
    name: 'nodeipam',
    // One at a time: two nodes must not be given the same part.
    workers: 1,
    watches: [
      watch(nodes, (node, old) => {
        for (const cidr of cidrsOf(node)) for (const pool of pools) pool.occupy(cidr, node!.metadata.name);
        if (!node) {
          for (const cidr of cidrsOf(old)) for (const pool of pools) pool.release(cidr, old!.metadata.name);
        }
        return node && cidrsOf(node).length === 0 ? [node.metadata.name] : [];
      }),
    ],
    async reconcile(name) {
      const node = nodes.get(name);
      if (!node || cidrsOf(node).length > 0) return;
      const podCIDRs = pools.map((pool) => pool.allocate(name));
      const release = () => {
        for (const [i, cidr] of podCIDRs.entries()) if (cidr) pools[i]!.release(cidr, name);
      };
      if (podCIDRs.includes(undefined)) {
        release();
        recorder.event(node, 'Normal', 'CIDRNotAvailable', `Node ${name} status is now: CIDRNotAvailable`);
        throw new Error(
          'failed to allocate cidr: CIDR allocation failed; there are no remaining CIDRs left to allocate in the accepted range',
        );
      }
      try {
        const { uid } = node.metadata;
        await client.patch(refs.nodes, name, undefined, 'merge', {
          metadata: { uid },
          spec: { podCIDR: podCIDRs[0], podCIDRs },
        });
      } catch (error) {
        release();
        if (isNotFound(error)) return;
        recorder.event(
          node,
          'Normal',
          'CIDRAssignmentFailed',
          `Node ${name} status is now: CIDRAssignmentFailed`,
        );
        throw new Error(`pod CIDR of node ${name} not written: ${errorMessage(error)}`, { cause: error });
      }
    },
  };
}

function cidrsOf(node: Node | undefined): readonly string[] {
  return node?.spec?.podCIDRs ?? (node?.spec?.podCIDR ? [node.spec.podCIDR] : []);
}
