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
  /** The path itself has the name; the name of a list is what its field selector asks for. */
  named: boolean;
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

/** @throws ApiError 400 for a path that isn't percent-encoded. */
export function parseRequestInfo(method: string, path: string, query: URLSearchParams): RequestInfo {
  const text = path.includes('%') ? decodePath(path) : path;
  const segments = splitPath(text);
  const root = segments[0];
  const core = root === 'api';
  if ((!core && root !== 'apis') || segments.length < (core ? 3 : 4)) return otherPath(method, path);
  const group = core ? '' : segments[1]!;
  const version = segments[core ? 1 : 2]!;
  let at = core ? 2 : 3;
  let verb = verbOfMethod[method] ?? '';
  if (segments[at] === 'watch' && segments.length > at + 1) {
    // The old `/watch/` paths: still served, as upstream does.
    if (verb === 'get') verb = 'watch';
    at += 1;
  }
  let namespace = '';
  if (segments[at] === 'namespaces' && segments.length > at + 1) {
    namespace = segments[at + 1]!;
    const isObject = segments.length === at + 2 || isNamespaceSubresource(segments[at + 2]!);
    if (!isObject) at += 2;
  }
  const resource = segments[at]!;
  const name = segments[at + 1] ?? '';
  const subresource = segments[at + 2] ?? '';
  const rest = restOf(segments, at + 3, text.endsWith('/'));
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
    named: name !== '',
    rest,
  };
  if (!name) {
    if (verb === 'get') info.verb = asksToWatch(query) ? 'watch' : 'list';
    else if (verb === 'delete') info.verb = 'deletecollection';
  }
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
    named: false,
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

function splitPath(path: string): string[] {
  let from = 0;
  let to = path.length;
  while (from < to && path.charCodeAt(from) === slash) from += 1;
  while (to > from && path.charCodeAt(to - 1) === slash) to -= 1;
  return path.slice(from, to).split('/');
}

const slash = 0x2f;

// Without a slash at the end `pods/x/proxy` asks for nothing in particular; with it, for the root.
function restOf(segments: readonly string[], from: number, endsWithSlash: boolean): string | undefined {
  if (segments.length > from) {
    const rest = segments.slice(from).join('/') + (endsWithSlash ? '/' : '');
    return encodeURI(rest).replace(/[?#]/g, encodeURIComponent);
  }
  return endsWithSlash && segments.length === from && segments[from - 1] === 'proxy' ? '' : undefined;
}

const decoder = new TextDecoder();

// An encoded slash separates like any other, and bytes that aren't UTF-8 become U+FFFD, as in Go's URL.Path.
function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path.replace(/(?:%[0-9a-fA-F]{2})+|%/g, (codes) => {
      if (codes === '%') throw badRequest(`invalid URL escape in path ${path}`);
      const bytes = codes
        .slice(1)
        .split('%')
        .map((code) => Number.parseInt(code, 16));
      return decoder.decode(Uint8Array.from(bytes));
    });
  }
}
