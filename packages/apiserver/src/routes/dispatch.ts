import { methodNotSupported, statusError } from '@kubets/api';
import type { Call, Endpoint } from '../call.ts';
import type { ApiResult } from '../request.ts';
import type { RouteTable } from './route_table.ts';

/** Endpoints of paths that are no resources: exact paths, and prefixes that end with a slash. */
export interface PathRoutes {
  exact: ReadonlyMap<string, Endpoint>;
  prefixes: ReadonlyMap<string, Endpoint>;
}

/** The end of the pipeline: finds who answers. */
export function dispatch(routes: RouteTable, paths: PathRoutes): Endpoint {
  return (call) => {
    const { info } = call;
    return info.isResource ? toResource(routes, call) : toPath(paths, call);
  };
}

function toResource(routes: RouteTable, call: Call): Promise<ApiResult> {
  const { info } = call;
  const resource = routes.find(info.group, info.version, info.resource);
  if (!resource) throw pageNotFound();
  const route = info.subresource ? resource.subresources.get(info.subresource) : resource;
  if (!route || (info.rest !== undefined && info.subresource !== 'proxy')) throw pageNotFound();
  // Without a namespace in the path only reads across all namespaces are possible. Such a path can't hold a name; the
  // request info of a list has one where the field selector asks for one object.
  const across = info.verb === 'list' || info.verb === 'watch';
  if (resource.namespaced && !info.namespace && info.name && !across) throw pageNotFound();
  if (!resource.namespaced && info.namespace && info.resource !== 'namespaces') throw pageNotFound();
  const endpoint = route.endpoints[info.verb];
  const misplaced = ofObject.has(info.verb) ? !info.name : info.name !== '' && isCreate(info);
  if (!endpoint || misplaced || (resource.namespaced && !info.namespace && !across)) {
    const verb = info.verb || call.request.method.toLowerCase();
    throw methodNotSupported({ group: info.group, resource: info.resource }, verb);
  }
  return endpoint(call);
}

/** Verbs that are of one object, so that the path has to name it. */
const ofObject = new Set(['get', 'update', 'patch', 'delete']);

function isCreate({ verb, subresource }: Call['info']): boolean {
  return verb === 'create' && subresource === '';
}

function toPath(paths: PathRoutes, call: Call): Promise<ApiResult> {
  const { path } = call.request;
  const bare = path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
  const exact = paths.exact.get(bare);
  if (exact) return exact(call);
  for (let slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
    const endpoint = paths.prefixes.get(path.slice(0, slash + 1));
    if (endpoint) return endpoint(call);
  }
  throw pageNotFound();
}

/** What clients show as "the server could not find the requested resource". */
export function pageNotFound() {
  return statusError(404, 'NotFound', 'the server could not find the requested resource', {});
}
