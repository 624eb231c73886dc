import { badRequest, goQuote, statusError } from '@kubets/api';
import type { Call, Endpoint } from '../call.ts';
import { checkAcceptable, listTypes, objectTypes } from '../decode/acceptable.ts';
import { negotiate } from '../encode/index.ts';
import type { ApiResult } from '../request.ts';
import type { Route, RouteTable } from './route_table.ts';

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
  if (!resource) {
    if (!routes.hasGroup(info.group)) return Promise.resolve(textNotFound);
    throw pageNotFound();
  }
  const route = info.subresource ? resource.subresources.get(info.subresource) : resource;
  if (!route || (info.rest !== undefined && info.subresource !== 'proxy')) throw pageNotFound();
  // A namespace stands in its own namespace; nothing else of the cluster stands in one.
  if (
    !resource.namespaced &&
    info.namespace &&
    (info.resource !== 'namespaces' || info.namespace !== info.name)
  )
    throw pageNotFound();
  const verbs = verbsOfPath(route, info, resource.namespaced && !info.namespace);
  const { method, headers } = call.request;
  // A path is there when it has any verb at all.
  if (!verbs.some((verb) => route.endpoints[verb])) throw pageNotFound();
  const streams = route.subresource === 'proxy' || headers['upgrade'] !== undefined;
  // What is proxied may be asked with any method; OPTIONS has no verb of its own.
  const verb = info.verb === '' && method === 'OPTIONS' && route.subresource === 'proxy' ? 'get' : info.verb;
  const endpoint = verbs.includes(verb) ? route.endpoints[verb] : undefined;
  if (!endpoint || (method === 'HEAD' && !streams)) throw methodNotAllowed();
  if (!streams && headers['accept'] && !othersAnswer.has(route.subresource)) {
    checkAcceptable(headers['accept'], listsOrWatches(info) ? listTypes : objectTypes);
    // Refused before anything is done; the answer is negotiated again when it is there.
    negotiate(headers['accept']);
  }
  checkName(info);
  return endpoint(call);
}

/** Names stand in the paths of the store: what would climb there is no name. */
function checkName({ named, name }: Call['info']): void {
  if (!named || (name !== '.' && name !== '..' && !name.includes('%'))) return;
  const why = name.includes('%') ? `may not contain '%'` : `may not be '${name}'`;
  throw badRequest(`Name parameter invalid: ${goQuote(name)}: ${why}`);
}

const ofObject = ['get', 'watch', 'update', 'patch', 'delete'];
const ofCollection = ['list', 'watch', 'create', 'deletecollection'];
/** Of a namespaced resource without a namespace in the path: reads across all of them. */
const ofAll = ['list', 'watch'];
const ofSubresource = [...ofObject, 'create'];
/** What they answer is no object, or comes from elsewhere. */
const othersAnswer = new Set(['log', 'exec', 'attach', 'portforward']);

function listsOrWatches({ verb, named }: Call['info']): boolean {
  return !named && (verb === 'list' || verb === 'watch');
}

function verbsOfPath(route: Route, info: Call['info'], across: boolean): readonly string[] {
  if (across && info.named) return [];
  if (route.subresource) return ofSubresource;
  if (info.named) return ofObject;
  return across ? ofAll : ofCollection;
}

const mayEndWithSlash = /^\/(?:apis?|version)(?:\/.*)?\/$/;

function toPath(paths: PathRoutes, call: Call): Promise<ApiResult> {
  const { path } = call.request;
  // Discovery and /version are found with a slash at their end too; nothing else is.
  const bare = mayEndWithSlash.test(path) ? path.slice(0, -1) : path;
  const exact = paths.exact.get(bare);
  if (exact) return exact(call);
  for (let slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
    const endpoint = paths.prefixes.get(path.slice(0, slash + 1));
    if (endpoint) return endpoint(call);
  }
  return Promise.resolve(textNotFound);
}

/** What clients show as "the server could not find the requested resource". */
export function pageNotFound() {
  return statusError(404, 'NotFound', 'the server could not find the requested resource', {});
}

/** The path is there, the method isn't. */
export function methodNotAllowed() {
  const message = 'the server does not allow this method on the requested resource';
  return statusError(405, 'MethodNotAllowed', message, {});
}

/** The answer where not even a group stands behind the path, as net/http words it. */
export const textNotFound: ApiResult = {
  type: 'raw',
  status: 404,
  contentType: 'text/plain; charset=utf-8',
  body: '404 page not found\n',
  headers: { 'x-content-type-options': 'nosniff' },
};
