import {
  controllerOf,
  isApiError,
  isNotFound,
  type OwnerReference,
  type Pod,
  type Scale,
  splitApiVersion,
} from '@kubets/api';
import { refs } from '@kubets/client';
import type { ControllerContext } from '../runtime/controller.ts';
import { discover } from '../runtime/discover.ts';

/** How large the controllers of pods are meant to be. */
export class ControllerScales {
  readonly #context: ControllerContext;
  readonly #sets;
  readonly #deployments;
  readonly #statefulSets;
  readonly #replicationControllers;

  constructor(context: ControllerContext) {
    const { caches } = context;
    this.#context = context;
    this.#sets = caches.of(refs.replicaSets);
    this.#deployments = caches.of(refs.deployments);
    this.#statefulSets = caches.of(refs.statefulSets);
    this.#replicationControllers = caches.of(refs.replicationControllers);
  }

  /** Each controller once. Throws when one can't be found; pods without one are told apart. */
  async sum(pods: readonly Pod[]): Promise<{ scale: number; unmanaged: readonly Pod[] }> {
    const scales = new Map<string, number>();
    const seen = new Set<string>();
    const unmanaged: Pod[] = [];
    for (const pod of pods) {
      const owner = controllerOf(pod);
      if (!owner) unmanaged.push(pod);
      else if (!seen.has(owner.uid)) {
        seen.add(owner.uid);
        const found = await this.#find(owner, pod.metadata.namespace!);
        if (!found) throw new Error(`found no controllers for pod "${pod.metadata.name}"`);
        scales.set(found.uid, found.scale);
      }
    }
    return { scale: [...scales.values()].reduce((sum, scale) => sum + scale, 0), unmanaged };
  }

  async #find(owner: OwnerReference, namespace: string): Promise<{ uid: string; scale: number } | undefined> {
    const key = `${namespace}/${owner.name}`;
    switch (`${splitApiVersion(owner.apiVersion).group}/${owner.kind}`) {
      case 'apps/ReplicaSet': {
        const set = this.#sets.get(key);
        if (set?.metadata.uid !== owner.uid) return undefined;
        // A deployment's several sets count as one.
        const above = controllerOf(set);
        if (above?.kind !== 'Deployment') return { uid: owner.uid, scale: set.spec.replicas ?? 1 };
        const deployment = this.#deployments.get(`${namespace}/${above.name}`);
        if (deployment?.metadata.uid !== above.uid) return undefined;
        return { uid: above.uid, scale: deployment.spec.replicas ?? 1 };
      }
      case 'apps/StatefulSet':
        return sized(this.#statefulSets.get(key), owner);
      case '/ReplicationController':
        return sized(this.#replicationControllers.get(key), owner);
      default:
        return this.#askScale(owner, namespace);
    }
  }

  /** Other kinds, custom ones too, say it by their scale subresource. */
  async #askScale(owner: OwnerReference, namespace: string) {
    const { client } = this.#context;
    const { resources } = await discover(client);
    const found = resources.find(
      ({ ref }) => ref.kind === owner.kind && ref.group === splitApiVersion(owner.apiVersion).group,
    );
    if (!found) return undefined;
    try {
      const scale = await client.getSubresource<Scale>(found.ref, owner.name, namespace, 'scale');
      if (scale.metadata?.uid !== owner.uid) return undefined;
      return { uid: owner.uid, scale: scale.spec?.replicas ?? 0 };
    } catch (error) {
      if (!isNotFound(error)) throw error;
      if (isApiError(error) && error.status.details?.kind) return undefined;
      const kind = `${found.ref.resource}${found.ref.group ? `.${found.ref.group}` : ''}`;
      throw new Error(`${kind} does not implement the scale subresource`);
    }
  }
}

function sized(
  object: { metadata: { uid: string }; spec: { replicas?: number } } | undefined,
  owner: OwnerReference,
): { uid: string; scale: number } | undefined {
  return object?.metadata.uid === owner.uid
    ? { uid: owner.uid, scale: object.spec.replicas ?? 1 }
    : undefined;
}
