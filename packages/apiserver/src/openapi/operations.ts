// What can be asked of each path, from the route table; the two OpenAPI dialects are written from this.
import { typeOfKind } from '@kubets/api';
import type { GroupVersion, ResourceRoutes, Route } from '../routes/route_table.ts';

export interface Parameter {
  name: string;
  in: 'query' | 'path';
  type: 'string' | 'integer' | 'boolean';
}

export interface Operation {
  method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  operationId: string;
  /** `x-kubernetes-action`. */
  action: string;
  description: string;
  gvk: { group: string; version: string; kind: string };
  parameters: Parameter[];
  /** Types, e.g. `core.v1.Pod`. */
  body: string | undefined;
  bodyRequired: boolean;
  consumes: readonly string[];
  answer: string | undefined;
  codes: readonly number[];
}

export interface PathItem {
  path: string;
  parameters: Parameter[];
  operations: Operation[];
}

const patchForms = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  'application/apply-patch+yaml',
];
const anyForm = ['*/*'];

const query = (name: string, type: Parameter['type'] = 'string'): Parameter => ({ name, in: 'query', type });

// Clients look for fieldValidation here to know that the server checks fields (KEP-2885), and for dryRun.
const writing = [query('dryRun'), query('fieldManager'), query('fieldValidation')];
const listing = [
  query('allowWatchBookmarks', 'boolean'),
  query('continue'),
  query('fieldSelector'),
  query('labelSelector'),
  query('limit', 'integer'),
  query('resourceVersion'),
  query('resourceVersionMatch'),
  query('sendInitialEvents', 'boolean'),
  query('timeoutSeconds', 'integer'),
  query('watch', 'boolean'),
];
const deleting = [
  query('dryRun'),
  query('gracePeriodSeconds', 'integer'),
  query('orphanDependents', 'boolean'),
  query('propagationPolicy'),
];

export function pathItems(version: GroupVersion): PathItem[] {
  const root = version.group ? `/apis/${version.group}/${version.version}` : `/api/${version.version}`;
  const items: PathItem[] = [];
  for (const routes of version.resources.values()) items.push(...resourcePaths(root, version, routes));
  return items.filter((item) => item.operations.length > 0).sort((a, b) => (a.path < b.path ? -1 : 1));
}

function resourcePaths(root: string, version: GroupVersion, routes: ResourceRoutes): PathItem[] {
  const { resource, namespaced } = routes;
  const pretty = query('pretty');
  const name: Parameter = { name: 'name', in: 'path', type: 'string' };
  const within: Parameter[] = namespaced ? [{ name: 'namespace', in: 'path', type: 'string' }] : [];
  const collection = `${root}${namespaced ? '/namespaces/{namespace}' : ''}/${resource}`;
  const make = (route: Route, verbs: readonly string[], allNamespaces = false) =>
    verbs.flatMap((verb) =>
      route.endpoints[verb] ? [operationOf(version, route, verb, allNamespaces, routes.kind.kind)] : [],
    );
  const items: PathItem[] = [
    {
      path: collection,
      parameters: [...within, pretty],
      operations: make(routes, ['list', 'create', 'deletecollection']),
    },
    {
      path: `${collection}/{name}`,
      parameters: [name, ...within, pretty],
      operations: make(routes, ['get', 'update', 'patch', 'delete']),
    },
  ];
  if (namespaced)
    items.push({
      path: `${root}/${resource}`,
      parameters: [pretty],
      operations: make(routes, ['list'], true),
    });
  for (const part of routes.subresources.values())
    items.push({
      path: `${collection}/{name}/${part.subresource}`,
      parameters: [name, ...within, pretty],
      operations: make(part, ['get', 'create', 'update', 'patch', 'delete']),
    });
  return items;
}

const methods: Readonly<Record<string, Operation['method']>> = {
  list: 'get',
  get: 'get',
  create: 'post',
  update: 'put',
  patch: 'patch',
  delete: 'delete',
  deletecollection: 'delete',
};
// As upstream names them.
const actions: Readonly<Record<string, [action: string, prefix: string, words: string]>> = {
  list: ['list', 'list', 'list or watch objects of kind'],
  get: ['get', 'read', 'read the specified'],
  create: ['post', 'create', 'create a'],
  update: ['put', 'replace', 'replace the specified'],
  patch: ['patch', 'patch', 'partially update the specified'],
  delete: ['delete', 'delete', 'delete a'],
  deletecollection: ['deletecollection', 'delete', 'delete collection of'],
};

function operationOf(
  { group, version }: GroupVersion,
  route: Route,
  verb: string,
  allNamespaces: boolean,
  /** Of the resource that a subresource is of. */
  ownerKind: string,
): Operation {
  const { kind } = route.kind;
  const [action, prefix, words] = actions[verb]!;
  const type = typeOfKind(route.kind.group, route.kind.version, kind);
  const scope = allNamespaces ? 'ForAllNamespaces' : '';
  const namespaced = route.namespaced && !allNamespaces ? 'Namespaced' : '';
  const connect = ['exec', 'attach', 'portforward', 'proxy'].includes(route.subresource);
  const api = pascal(group.split('.')[0] || 'core') + pascal(version);
  const collection = verb === 'deletecollection' ? 'Collection' : '';
  const deletes = verb === 'delete' || verb === 'deletecollection';
  return {
    method: methods[verb]!,
    operationId: `${prefix}${api}${collection}${namespaced}${ownerKind}${pascal(route.subresource)}${scope}`,
    action: connect ? 'connect' : action,
    description: `${words} ${kind}`,
    gvk: route.kind,
    parameters: parametersOf(verb, connect),
    body: bodyOf(verb, connect, type),
    bodyRequired: !deletes,
    consumes: verb === 'patch' && !connect ? patchForms : anyForm,
    answer: connect ? undefined : answerOf(verb, route, type),
    codes:
      verb === 'create' && !connect
        ? [200, 201, 202]
        : verb === 'update' || verb === 'patch'
          ? [200, 201]
          : [200],
  };
}

function parametersOf(verb: string, connect: boolean): Parameter[] {
  if (connect) return [];
  switch (verb) {
    case 'list':
      return listing;
    case 'create':
    case 'update':
      return writing;
    case 'patch':
      return [...writing, query('force', 'boolean')];
    case 'delete':
      return deleting;
    case 'deletecollection':
      return [
        ...deleting,
        ...listing.filter(({ name }) => name !== 'watch' && name !== 'allowWatchBookmarks'),
      ];
    default:
      return [];
  }
}

function bodyOf(verb: string, connect: boolean, type: string | undefined): string | undefined {
  if (connect || verb === 'get' || verb === 'list') return undefined;
  if (verb === 'patch') return 'meta.v1.Patch';
  return verb.startsWith('delete') ? 'meta.v1.DeleteOptions' : type;
}

function answerOf(verb: string, route: Route, type: string | undefined): string | undefined {
  if (verb === 'list')
    return typeOfKind(route.kind.group, route.kind.version, `${route.kind.kind}List`) ?? type;
  return verb.startsWith('delete') ? 'meta.v1.Status' : type;
}

function pascal(text: string): string {
  return text ? text[0]!.toUpperCase() + text.slice(1) : '';
}
