import { notFound } from '@kubets/api';
import type { Client, ResourceRef } from '@kubets/client';

export interface FoundResource extends ResourceRef {
  singular: string;
  shortNames: readonly string[];
  preferred: boolean;
}

interface GroupDiscovery {
  metadata?: { name?: string };
  versions?: {
    version: string;
    resources?: {
      resource: string;
      responseKind?: { kind?: string };
      scope: string;
      singularResource?: string;
      shortNames?: string[];
    }[];
  }[];
}

/** Finds resource types by what people call them, from the server's discovery. */
export class ResourceFinder {
  readonly #client: Client;
  #known: readonly FoundResource[] = [];

  constructor(client: Client) {
    this.#client = client;
  }

  /** `pods`, `pod`, `po`, `deployments.apps`. @throws ApiError 404 */
  async byName(name: string): Promise<FoundResource> {
    const [wanted = '', ...rest] = name.toLowerCase().split('.');
    const group = rest.join('.');
    const fits = (each: FoundResource) =>
      each.preferred &&
      (group === '' || each.group === group) &&
      [each.resource, each.singular, ...each.shortNames].includes(wanted);
    return this.#find(fits, name);
  }

  /** @throws ApiError 404 */
  byKind(apiVersion: string, kind: string): Promise<FoundResource> {
    const [version = '', group = ''] = apiVersion.split('/').reverse();
    const fits = (each: FoundResource) =>
      each.group === group && each.version === version && each.kind === kind;
    return this.#find(fits, `${kind} in version ${apiVersion}`);
  }

  async #find(fits: (resource: FoundResource) => boolean, name: string): Promise<FoundResource> {
    let found = this.#known.find(fits);
    if (!found) {
      // It may have come since, with a CustomResourceDefinition.
      this.#known = await discover(this.#client);
      found = this.#known.find(fits);
    }
    if (!found) throw notFound({ group: '', resource: 'resource types' }, name);
    return found;
  }
}

async function discover(client: Client): Promise<FoundResource[]> {
  const headers = { accept: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList' };
  const found: FoundResource[] = [];
  for (const path of ['/api', '/apis']) {
    const list = await client.request<{ items?: GroupDiscovery[] }>('GET', path, { headers });
    for (const { metadata, versions = [] } of list.items ?? []) {
      const seen = new Set<string>();
      for (const { version, resources = [] } of versions) {
        for (const { resource, responseKind, scope, singularResource = '', shortNames = [] } of resources) {
          found.push({
            group: metadata?.name ?? '',
            version,
            resource,
            kind: responseKind?.kind ?? '',
            namespaced: scope === 'Namespaced',
            singular: singularResource,
            shortNames,
            preferred: !seen.has(resource),
          });
          seen.add(resource);
        }
      }
    }
  }
  return found;
}
