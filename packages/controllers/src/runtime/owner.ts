// ControllerRef: who manages an object, and how one comes to be managed (KEP-1133 and the design proposal
// controller-ref): an object has at most one controller, found by uid; a controller takes over matching
// objects that have none, and lets go of its own that match no more.
import {
  apiVersionOf,
  controllerOf,
  isInvalid,
  isNotFound,
  type KubeObject,
  type LabelMatcher,
  type OwnerReference,
} from '@kubets/api';
import type { Client, ResourceRef } from '@kubets/client';

/** Those of `candidates` that `owner` manages, after taking over and letting go. */
export async function claimObjects<T extends KubeObject>(options: {
  client: Client;
  owner: KubeObject;
  ownerRef: ResourceRef;
  selector: LabelMatcher;
  ref: ResourceRef<T>;
  /** Objects of the owner, and those of its namespace that nobody manages. */
  candidates: Iterable<T>;
  /** Finalizers that an adopted object gets, beside the reference. */
  adoptFinalizers?: readonly string[];
}): Promise<T[]> {
  const { client, owner, ownerRef, selector, ref, candidates } = options;
  const claimed: T[] = [];
  let mayAdopt: boolean | undefined;
  for (const object of candidates) {
    const { name, namespace, uid } = object.metadata;
    switch (decideClaim(owner, selector, object)) {
      case 'keep':
        claimed.push(object);
        break;
      case 'adopt': {
        // The copy at hand may be old: an owner that is being deleted must not take anything over.
        mayAdopt ??= await stillThere(client, ownerRef, owner);
        if (!mayAdopt) break;
        const metadata: Record<string, unknown> = {
          uid,
          ownerReferences: [controllerReference(owner, ownerRef)],
        };
        if (options.adoptFinalizers) metadata.finalizers = options.adoptFinalizers;
        const adopted = await unlessGone(client.patch(ref, name, namespace, 'strategic', { metadata }));
        if (adopted) claimed.push(adopted);
        break;
      }
      case 'release':
        await unlessGone(
          client.patch(ref, name, namespace, 'strategic', {
            metadata: { uid, ownerReferences: [{ $patch: 'delete', uid: owner.metadata.uid }] },
          }),
        );
    }
  }
  return claimed;
}

export function decideClaim(
  owner: KubeObject,
  selector: LabelMatcher,
  object: KubeObject,
): 'keep' | 'adopt' | 'release' | 'ignore' {
  const controller = controllerOf(object);
  const matches = selector.matches(object.metadata.labels);
  const ownerGoing = owner.metadata.deletionTimestamp !== undefined;
  if (controller) {
    if (controller.uid !== owner.metadata.uid) return 'ignore';
    if (matches) return 'keep';
    return ownerGoing ? 'ignore' : 'release';
  }
  if (!matches || ownerGoing || object.metadata.deletionTimestamp) return 'ignore';
  return object.metadata.namespace === owner.metadata.namespace ? 'adopt' : 'ignore';
}

export function controllerReference(owner: KubeObject, ref: ResourceRef): OwnerReference {
  return {
    apiVersion: apiVersionOf(ref),
    kind: ref.kind,
    name: owner.metadata.name,
    uid: owner.metadata.uid,
    controller: true,
    blockOwnerDeletion: true,
  };
}

async function stillThere(client: Client, ref: ResourceRef, owner: KubeObject): Promise<boolean> {
  const fresh = await unlessGone(client.get(ref, owner.metadata.name, owner.metadata.namespace));
  return fresh?.metadata.uid === owner.metadata.uid && !fresh.metadata.deletionTimestamp;
}

/** Not found: gone. Invalid: the uid in the patch is not that of the object that now has the name. */
async function unlessGone<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isNotFound(error) || isInvalid(error)) return undefined;
    throw error;
  }
}
