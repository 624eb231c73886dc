import type { Call, Endpoint } from '../call.ts';
import type { ApiResult } from '../request.ts';
import { pageNotFound } from '../routes/dispatch.ts';
import type { ResourceRoutes, RouteTable } from '../routes/route_table.ts';
import { objectAnswer } from '../verbs/answer.ts';
import { sha256Hex, storageVersionHash } from './digest.ts';
import {
  aggregatedDiscovery,
  apiGroup,
  apiGroupList,
  apiResourceList,
  apiVersions,
  type Group,
  groupsOf,
} from './documents.ts';

export interface DiscoveryOptions {
  routes: RouteTable;
  /** `10.0.0.1:6443`, as told to clients. */
  serverAddress: string;
}

interface Documents {
  generation: number;
  groups: Group[];
  hashes: ReadonlyMap<string, string>;
  aggregated: Map<string, Promise<{ text: string; etag: string }>>;
}

/** `/api` and `/apis` and what is right below them, made when first asked for and when the routes have changed. */
export function discoveryEndpoints({ routes, serverAddress }: DiscoveryOptions) {
  let building: Promise<Documents> | undefined;
  let generation = -1;
  const documents = () => {
    if (!building || generation !== routes.generation) {
      generation = routes.generation;
      building = build(routes);
    }
    return building;
  };
  const root =
    (core: boolean): Endpoint =>
    async (call) => {
      const found = await documents();
      const version = aggregatedVersion(call.request.headers['accept']);
      if (version) return aggregatedAnswer(found, core, version, call);
      return objectAnswer(core ? apiVersions(serverAddress) : apiGroupList(found.groups));
    };
  const below: Endpoint = async (call) => {
    const found = await documents();
    const [, top, first = '', second] = call.request.path.replace(/\/$/, '').split('/');
    const name = top === 'api' ? '' : first;
    const version = top === 'api' ? first : second;
    const group = found.groups.find((each) => each.name === name);
    if (!group) throw pageNotFound();
    if (version === undefined) return objectAnswer(apiGroup(group));
    const served = group.versions.find((each) => each.version === version);
    if (!served) throw pageNotFound();
    return objectAnswer(apiResourceList(served, (each) => found.hashes.get(hashKey(each))));
  };
  return {
    exact: { '/api': root(true), '/apis': root(false) },
    prefixes: { '/api/': below, '/apis/': below },
  };
}

async function build(routes: RouteTable): Promise<Documents> {
  const groups = groupsOf(routes);
  const hashes = new Map<string, string>();
  for (const group of groups)
    for (const version of group.versions)
      for (const routes of version.resources.values()) {
        const key = hashKey(routes);
        if (!routes.target || hashes.has(key)) continue;
        const { id } = routes.target.resource;
        hashes.set(key, await storageVersionHash(id.group, id.version, id.kind));
      }
  return { generation: routes.generation, groups, hashes, aggregated: new Map() };
}

function hashKey({ target }: ResourceRoutes): string {
  if (!target) return '';
  const { group, version, kind } = target.resource.id;
  return `${group}/${version}/${kind}`;
}

// Of the two versions there are, the one the client names first.
function aggregatedVersion(accept: string | undefined): 'v2' | 'v2beta1' | undefined {
  if (!accept?.includes('as=APIGroupDiscoveryList')) return undefined;
  for (const clause of accept.split(',')) {
    if (!clause.includes('as=APIGroupDiscoveryList') || !clause.includes('g=apidiscovery.k8s.io')) continue;
    if (/;\s*v=v2(;|$|\s)/.test(clause)) return 'v2';
    if (/;\s*v=v2beta1(;|$|\s)/.test(clause)) return 'v2beta1';
  }
  return undefined;
}

async function aggregatedAnswer(
  documents: Documents,
  core: boolean,
  version: 'v2' | 'v2beta1',
  call: Call,
): Promise<ApiResult> {
  const key = `${core} ${version}`;
  let made = documents.aggregated.get(key);
  if (!made) {
    made = (async () => {
      const text = JSON.stringify(aggregatedDiscovery(documents.groups, core, version));
      return { text, etag: `"${await sha256Hex(text)}"` };
    })();
    documents.aggregated.set(key, made);
  }
  const { text, etag } = await made;
  const contentType = `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`;
  const headers = { etag, vary: 'Accept', 'cache-control': 'public' };
  const unchanged = call.request.headers['if-none-match'] === etag;
  return { type: 'raw', status: unchanged ? 304 : 200, contentType, body: unchanged ? '' : text, headers };
}
