// What a path asks for, by string splitting alone (upstream: RequestInfoFactory).
import { badRequest } from '@kubets/api';

export interface RequestInfo {
  /** True for /api and /apis paths that name a resource. */
  isResource: boolean;
  path: string;
  /** get, list, watch, create, update, patch, delete, deletecollection; for other paths the method in lower case. */
  verb: string;
  group: string;
  version: string;
  namespace: string;
  resource: string;
  subresource: string;
  name: string;
  /** What follows the subresource, as on the wire: the path to ask of a proxied pod. Undefined without a slash. */
  rest: string | undefined;
}

const verbOfMethod: Readonly<Record<string, string>> = {
  POST: 'create',
  GET: 'get',
  HEAD: 'get',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};

/** @throws ApiError 400 for a path that isn't percent-encoded UTF-8. */
export function parseRequestInfo(method: string, path: string, query: URLSearchParams): RequestInfo {
  const segments = path.split('/');
  // segments[0] is the empty text before the first slash.
  const root = segments[1];
  const core = root === 'api';
  if ((!core && root !== 'apis') || segments.length < (core ? 4 : 5)) return otherPath(method, path);
  const group = core ? '' : decode(segments[2]!);
  const version = decode(segments[core ? 2 : 3]!);
  let at = core ? 3 : 4;
  let verb = verbOfMethod[method] ?? '';
  if (segments[at] === 'watch' && segments.length > at + 1 && verb === 'get') {
    // The old `/watch/` paths: still served, as upstream does.
    verb = 'watch';
    at += 1;
  }
  if (segments[at] === '') return otherPath(method, path);
  let namespace = '';
  if (segments[at] === 'namespaces' && segments.length > at + 1 && segments[at + 1] !== '') {
    namespace = decode(segments[at + 1]!);
    const isObject = segments.length === at + 2 || isNamespaceSubresource(segments[at + 2]!);
    if (!isObject) at += 2;
  }
  const resource = decode(segments[at]!);
  const name = segments[at + 1] ? decode(segments[at + 1]!) : '';
  const subresource = segments[at + 2] ? decode(segments[at + 2]!) : '';
  const rest = segments.length > at + 3 ? segments.slice(at + 3).join('/') : undefined;
  const info: RequestInfo = {
    isResource: true,
    path,
    verb,
    group,
    version,
    namespace,
    resource,
    subresource,
    name,
    rest,
  };
  if (!name) {
    if (verb === 'get') info.verb = asksToWatch(query) ? 'watch' : 'list';
    else if (verb === 'delete') info.verb = 'deletecollection';
  } else if (verb === 'get' && !subresource && query.size > 0 && asksToWatch(query)) info.verb = 'watch';
  if (info.verb === 'list' || info.verb === 'watch' || info.verb === 'deletecollection') {
    // One object by field selector is authorized as that object.
    if (!name) info.name = nameOfFieldSelector(query);
  }
  return info;
}

function otherPath(method: string, path: string): RequestInfo {
  return {
    isResource: false,
    path,
    verb: method.toLowerCase(),
    group: '',
    version: '',
    namespace: '',
    resource: '',
    subresource: '',
    name: '',
    rest: undefined,
  };
}

function isNamespaceSubresource(segment: string): boolean {
  return segment === 'status' || segment === 'finalize';
}

/** `watch` in a query is true unless it says no (Go's strconv.ParseBool after conversion). */
export function asksToWatch(query: URLSearchParams): boolean {
  const value = query.get('watch');
  return value !== null && value !== '0' && value.toLowerCase() !== 'false';
}

function nameOfFieldSelector(query: URLSearchParams): string {
  const selector = query.get('fieldSelector');
  if (!selector) return '';
  for (const term of selector.split(',')) {
    if (term.startsWith('metadata.name=') && !term.startsWith('metadata.name==')) return term.slice(14);
    if (term.startsWith('metadata.name==')) return term.slice(15);
  }
  return '';
}

function decode(segment: string): string {
  if (!segment.includes('%')) return segment;
  try {
    return decodeURIComponent(segment);
  } catch {
    throw badRequest(`invalid percent-encoding in path segment ${segment}`);
  }
}
