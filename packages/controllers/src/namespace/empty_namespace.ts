// Deletes what a namespace holds: pods first, so that what they use (policies, secrets) outlives them (KEP-5080).
import { isApiError, isNotFound, type KubeObject } from '@kubets/api';
import { errorMessage } from '@kubets/base';
import { type Client, refs } from '@kubets/client';
import type { Discovered, DiscoveredResource } from '../runtime/discover.ts';
import type { Remains } from './namespace_conditions.ts';

export async function emptyNamespace(options: {
  client: Client;
  namespace: string;
  discovered: Discovered;
  /** True while pods may still use their grace period: that they are there is no failure. */
  podsInGrace: boolean;
}): Promise<Remains> {
  const { client, namespace, discovered, podsInGrace } = options;
  const found = new Found(discovered.failed);
  const deletable = discovered.resources.filter(
    ({ ref, verbs }) => ref.namespaced && verbs.includes('delete'),
  );
  const isPods = ({ ref }: DiscoveredResource) => ref.group === '' && ref.resource === refs.pods.resource;
  const empty = async (resource: DiscoveredResource) => {
    try {
      found.add(resource, await deleteAll(client, namespace, resource), isPods(resource) && podsInGrace);
    } catch (error) {
      found.errors.push(errorMessage(error));
    }
  };
  await Promise.all(deletable.filter(isPods).map(empty));
  if (found.resources.size > 0) return found;
  await Promise.all(deletable.filter((resource) => !isPods(resource)).map(empty));
  return found;
}

class Found implements Remains {
  readonly discovery: string | undefined;
  readonly errors: string[] = [];
  readonly resources = new Map<string, number>();
  readonly finalizers = new Map<string, number>();

  constructor(failed: readonly string[]) {
    if (failed.length > 0) {
      this.discovery =
        `Discovery failed for some groups, ${failed.length} failing: ` +
        `unable to retrieve the complete list of server APIs: ${failed.join(', ')}: stale GroupVersion discovery`;
    }
  }

  add({ ref }: DiscoveredResource, left: readonly KubeObject[], mayRemain: boolean) {
    if (left.length === 0) return;
    this.resources.set(`${ref.resource}.${ref.group}`, left.length);
    const finalizers = left.flatMap(({ metadata }) => metadata.finalizers ?? []);
    for (const name of finalizers) this.finalizers.set(name, (this.finalizers.get(name) ?? 0) + 1);
    if (finalizers.length > 0 || mayRemain) return;
    const { namespace } = left[0]!.metadata;
    this.errors.push(
      `unexpected items still remain in namespace: ${namespace} for gvr: ${ref.group}/${ref.version}, Resource=${ref.resource}`,
    );
  }
}

/** What is left afterwards. */
async function deleteAll(
  client: Client,
  namespace: string,
  { ref, verbs }: DiscoveredResource,
): Promise<readonly KubeObject[]> {
  if (!verbs.includes('list')) {
    await client.deleteCollection(ref, { namespace, propagationPolicy: 'Background' });
    return [];
  }
  const before = await listUnlessGone(client, namespace, ref);
  if (before.length === 0) return before;
  if (verbs.includes('deletecollection')) {
    await client.deleteCollection(ref, { namespace, propagationPolicy: 'Background' });
  } else {
    for (const { metadata } of before) {
      await client
        .delete(ref, metadata.name, namespace, { propagationPolicy: 'Background' })
        .catch((error) => {
          if (!isNotFound(error)) throw error;
        });
    }
  }
  return listUnlessGone(client, namespace, ref);
}

/** A type may go away between discovery and now; then it has no objects. */
async function listUnlessGone(client: Client, namespace: string, ref: DiscoveredResource['ref']) {
  try {
    return (await client.list(ref, { namespace })).items;
  } catch (error) {
    if (isNotFound(error) || (isApiError(error) && error.status.code === 405)) return [];
    throw error;
  }
}
