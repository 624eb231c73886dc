import type { Client, ResourceRef } from '@kubets/client';

export interface DiscoveredResource {
  ref: ResourceRef;
  verbs: readonly string[];
}

export interface Discovered {
  resources: readonly DiscoveredResource[];
  /** Group versions that could not be asked: an aggregated server that is down. */
  failed: readonly string[];
}

interface GroupDiscovery {
  metadata?: { name?: string };
  versions?: {
    version: string;
    freshness?: string;
    resources?: {
      resource: string;
      responseKind?: { kind: string };
      scope: string;
      verbs?: string[];
    }[];
  }[];
}

const aggregated = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

/** Every resource type once, in the version that the server prefers (aggregated discovery, KEP-3352). */
export async function discover(client: Client): Promise<Discovered> {
  const headers = { accept: aggregated };
  const lists = await Promise.all(
    ['/api', '/apis'].map((path) => client.request<{ items?: GroupDiscovery[] }>('GET', path, { headers })),
  );
  const resources: DiscoveredResource[] = [];
  const failed: string[] = [];
  for (const group of lists.flatMap((list) => list.items ?? [])) {
    const name = group.metadata?.name ?? '';
    const seen = new Set<string>();
    for (const { version, freshness, resources: served = [] } of group.versions ?? []) {
      if (freshness === 'Stale') failed.push(name ? `${name}/${version}` : version);
      for (const { resource, responseKind, scope, verbs = [] } of served) {
        if (seen.has(resource) || !responseKind) continue;
        seen.add(resource);
        const namespaced = scope === 'Namespaced';
        resources.push({
          ref: { group: name, version, resource, kind: responseKind.kind, namespaced },
          verbs,
        });
      }
    }
  }
  return { resources, failed };
}

/** `pods`, `deployments.apps` */
export function resourceName(ref: ResourceRef): string {
  return ref.group ? `${ref.resource}.${ref.group}` : ref.resource;
}
