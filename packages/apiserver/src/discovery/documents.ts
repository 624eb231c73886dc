// Discovery as objects, from the route table alone.
import type { GroupVersion, ResourceRoutes, Route, RouteTable } from '../routes/route_table.ts';
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

/** `hashOf`: of `group/version/kind` as stored; clients see by it that two names are one thing. */
export function apiResourceList(
  { group, version, resources }: GroupVersion,
  hashOf: (route: ResourceRoutes) => string | undefined,
): object {
  const entries: object[] = [];
  for (const routes of sorted(resources)) {
    const hash = hashOf(routes);
    entries.push({
      ...resourceEntry(routes, routes.resource, { group, version }),
      ...(hash && { storageVersionHash: hash }),
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
    groupVersion: group ? `${group}/${version}` : version,
    resources: entries,
  };
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
export function aggregatedDiscovery(
  groups: readonly Group[],
  core: boolean,
  version: 'v2' | 'v2beta1',
): object {
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: `apidiscovery.k8s.io/${version}`,
    metadata: {},
    items: groups
      .filter((group) => (group.name === '') === core)
      .map((group) => ({
        metadata: { ...(group.name && { name: group.name }), creationTimestamp: null },
        versions: group.versions.map((each) => ({
          version: each.version,
          resources: sorted(each.resources).map((routes) => discoveryEntry(routes, each)),
          freshness: 'Current',
        })),
      })),
  };
}

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
