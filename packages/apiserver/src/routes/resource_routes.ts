// From the list of resources to the table of routes.
import type { Resource, Subresource, Verb } from '@kubets/resources';
import type { Endpoint } from '../call.ts';
import type { ServerContext } from '../server_context.ts';
import { createEndpoint } from '../verbs/create.ts';
import { deleteEndpoint } from '../verbs/delete.ts';
import { deleteCollectionEndpoint } from '../verbs/delete_collection.ts';
import { getEndpoint } from '../verbs/get.ts';
import { listEndpoint } from '../verbs/list.ts';
import { partEndpoints } from '../verbs/part.ts';
import { patchEndpoint } from '../verbs/patch.ts';
import { updateEndpoint } from '../verbs/update.ts';
import { watchEndpoint } from '../verbs/watch.ts';
import type { GroupVersion, ResourceRoutes, Route } from './route_table.ts';
import { type Target, targetsOf } from './target.ts';

export interface VirtualRoutes extends ResourceRoutes {
  readonly group: string;
  readonly version: string;
}

/** Endpoints of a subresource that its resource definition only names (binding, log, token ...). */
export type SubresourceEndpoints = (
  target: Target,
  subresource: Subresource<any>,
) => Readonly<Record<string, Endpoint>> | undefined;

export interface ResourceRoutesOptions {
  resources: readonly Resource[];
  virtual: readonly VirtualRoutes[];
  special: SubresourceEndpoints;
  /** Default: every version of every resource is served. */
  serves?(group: string, version: string, resource: string): boolean;
}

/** Every version of every resource, groups in the order of their first resource. */
export function groupVersions(server: ServerContext, options: ResourceRoutesOptions): GroupVersion[] {
  const versions = new Map<
    string,
    { group: string; version: string; resources: Map<string, ResourceRoutes> }
  >();
  const serves = options.serves ?? (() => true);
  const add = (group: string, version: string, routes: ResourceRoutes) => {
    const key = `${group}/${version}`;
    let found = versions.get(key);
    if (!found) versions.set(key, (found = { group, version, resources: new Map() }));
    found.resources.set(routes.resource, routes);
  };
  for (const resource of options.resources)
    for (const target of targetsOf(resource, server.cache.historyOf(resource)))
      if (serves(target.group, target.version, resource.id.resource))
        add(target.group, target.version, routesOf(server, target, options.special));
  for (const routes of options.virtual)
    if (serves(routes.group, routes.version, routes.resource)) add(routes.group, routes.version, routes);
  return [...versions.values()];
}

const makers: Record<Verb, (server: ServerContext, target: Target) => Endpoint> = {
  create: createEndpoint,
  get: getEndpoint,
  list: listEndpoint,
  watch: watchEndpoint,
  update: updateEndpoint,
  patch: patchEndpoint,
  delete: deleteEndpoint,
  deletecollection: deleteCollectionEndpoint,
};

function routesOf(server: ServerContext, target: Target, special: SubresourceEndpoints): ResourceRoutes {
  const { resource } = target;
  const endpoints: Record<string, Endpoint> = {};
  for (const verb of resource.verbs) endpoints[verb] = makers[verb](server, target);
  const subresources = new Map<string, Route>();
  for (const subresource of resource.subresources) {
    const { group, version, kind } = target;
    subresources.set(subresource.name, {
      ...nameOf(target),
      subresource: subresource.name,
      kind: subresource.kind ?? { group, version, kind },
      shortNames: [],
      categories: [],
      endpoints: special(target, subresource) ?? partEndpoints(server, target, subresource),
    });
  }
  return {
    ...nameOf(target),
    subresource: '',
    kind: { group: target.group, version: target.version, kind: target.kind },
    shortNames: resource.id.shortNames ?? [],
    categories: resource.id.categories ?? [],
    endpoints,
    subresources,
  };
}

function nameOf(target: Target) {
  const { resource, singular } = target.resource.id;
  return { resource, singular, namespaced: target.namespaced, target };
}
