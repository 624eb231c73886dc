// Discovery as objects, from the route table alone.
import { apiVersionOf } from '@kubets/api';
import type { Resource } from '@kubets/resources';
import {
  type GroupVersion,
  perVersion,
  type ResourceRoutes,
  type Route,
  type RouteTable,
} from '../routes/route_table.ts';
import { storageVersionHash } from './digest.ts';
import { compareGroups, compareVersions } from './group_order.ts';

export interface Group {
  name: string;
  /** Most wanted first. */
  versions: GroupVersion[];
}

export function groupsOf(routes: RouteTable): Group[] {
  const groups = new Map<string, GroupVersion[]>();
  for (const version of routes.versions()) {
    const versions = groups.get(version.group);
    if (versions) versions.push(version);
    else groups.set(version.group, [version]);
  }
  return Array.from(groups, ([name, versions]) => ({
    name,
    versions: versions.sort((a, b) => compareVersions(a.version, b.version)),
  })).sort((a, b) => compareGroups(a.name, b.name));
}

export function apiVersions(serverAddress: string): object {
  return {
    kind: 'APIVersions',
    versions: ['v1'],
    serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress }],
  };
}

/** `/apis`: every group but the core group, which has no name. */
export function apiGroupList(groups: readonly Group[]): object {
  const named = groups.filter((group) => group.name !== '');
  return { kind: 'APIGroupList', apiVersion: 'v1', groups: named.map(groupObject) };
}

export function apiGroup(group: Group): object {
  return { kind: 'APIGroup', apiVersion: 'v1', ...groupObject(group) };
}

function groupObject({ name, versions }: Group) {
  const entries = versions.map(({ version }) => ({ groupVersion: `${name}/${version}`, version }));
  return { name, versions: entries, preferredVersion: entries[0]! };
}

/** `/apis/<group>/<version>`: resources, each before its subresources. */
export const apiResourceList = perVersion(({ group, version, resources }: GroupVersion): object => {
  const entries: object[] = [];
  for (const routes of sorted(resources)) {
    entries.push({
      ...resourceEntry(routes, routes.resource, { group, version }),
      ...(routes.target && { storageVersionHash: hashOf(routes.target.resource) }),
    });
    for (const part of sorted(routes.subresources))
      entries.push({
        ...resourceEntry(part, `${routes.resource}/${part.subresource}`, { group, version }),
        singularName: '',
      });
  }
  return {
    kind: 'APIResourceList',
    ...(group && { apiVersion: 'v1' }),
    groupVersion: apiVersionOf({ group, version }),
    resources: entries,
  };
});

/** By it clients see that two names, or two versions, are one thing (KEP-1152). */
function hashOf({ id, upstreamStorageVersion }: Resource): string {
  return storageVersionHash(id.group, upstreamStorageVersion ?? id.version, id.kind);
}

function resourceEntry(route: Route, name: string, own: { group: string; version: string }) {
  const { kind, shortNames, categories } = route;
  const foreign = kind.group !== own.group || kind.version !== own.version;
  return {
    name,
    singularName: route.singular,
    namespaced: route.namespaced,
    ...(foreign && { ...(kind.group && { group: kind.group }), version: kind.version }),
    kind: kind.kind,
    verbs: verbsOf(route),
    ...(shortNames.length && { shortNames }),
    ...(categories.length && { categories }),
  };
}

function verbsOf({ endpoints }: Route): string[] {
  return Object.keys(endpoints).sort();
}

function sorted<R extends Route>(routes: ReadonlyMap<string, R>): R[] {
  return [...routes.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, route]) => route);
}

/** Aggregated discovery (KEP-3352), of the core group (`/api`) or of all others (`/apis`). */
export function aggregatedDiscovery(groups: readonly Group[], core: boolean): object {
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: 'apidiscovery.k8s.io/v2',
    metadata: {},
    items: groups
      .filter((group) => (group.name === '') === core)
      .map(({ name, versions }) => ({
        metadata: name ? { name } : {},
        versions: versions.map(versionDiscovery),
      })),
  };
}

const versionDiscovery = perVersion((version: GroupVersion): object => ({
  version: version.version,
  resources: sorted(version.resources).map((routes) => discoveryEntry(routes, version)),
  freshness: 'Current',
}));

function discoveryEntry(routes: ResourceRoutes, own: GroupVersion): object {
  const parts = sorted(routes.subresources);
  return {
    resource: routes.resource,
    responseKind: responseKind(routes, own),
    scope: routes.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: routes.singular,
    verbs: verbsOf(routes),
    ...(routes.shortNames.length && { shortNames: routes.shortNames }),
    ...(routes.categories.length && { categories: routes.categories }),
    ...(parts.length && {
      subresources: parts.map((part) => ({
        subresource: part.subresource,
        responseKind: responseKind(part, own),
        verbs: verbsOf(part),
      })),
    }),
  };
}

// Group and version are empty where they are those of the list around it.
function responseKind({ kind }: Route, own: { group: string; version: string }): object {
  const same = kind.group === own.group && kind.version === own.version;
  return same
    ? { group: '', version: '', kind: kind.kind }
    : { group: kind.group, version: kind.version, kind: kind.kind };
}
