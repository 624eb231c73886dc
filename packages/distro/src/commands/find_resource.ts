import type { Client } from '@kubets/client';
import { UserError } from '../main.ts';

export interface FoundResource {
  /** Of its group and version, e.g. `/apis/apps/v1`. */
  path: string;
  group: string;
  resource: string;
  namespaced: boolean;
}

interface DiscoveredResource {
  name: string;
  singularName: string;
  kind: string;
  shortNames?: string[];
  namespaced: boolean;
}

/** The resource that a person means by `pods`, `po`, `Pod`, `deploy` or `ingresses.networking.k8s.io`. */
export async function findResource(client: Client, word: string): Promise<FoundResource> {
  const [wanted = '', ...groupParts] = word.toLowerCase().split('.');
  const group = groupParts.join('.');
  const groups: any = await client.request('GET', '/apis');
  const paths = [
    { group: '', path: '/api/v1' },
    ...groups.groups.map((each: any) => ({
      group: each.name,
      path: `/apis/${each.preferredVersion.groupVersion}`,
    })),
  ];
  for (const each of paths) {
    if (group !== '' && each.group !== group) continue;
    const { resources }: { resources: DiscoveredResource[] } = (await client.request(
      'GET',
      each.path,
    )) as any;
    const found = resources.find(
      ({ name, singularName, kind, shortNames = [] }) =>
        !name.includes('/') && [name, singularName, kind.toLowerCase(), ...shortNames].includes(wanted),
    );
    if (found) return { ...each, resource: found.name, namespaced: found.namespaced };
  }
  throw new UserError(`the cluster has no resource ${JSON.stringify(word)}`);
}
