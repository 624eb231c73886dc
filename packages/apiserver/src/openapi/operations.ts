// What can be asked of each path, from the route table; the two OpenAPI dialects are written from this.
import { typeOfKind } from '@kubets/api';
import type { GroupVersion, ResourceRoutes, Route } from '../routes/route_table.ts';
import { connectItems } from './connections.ts';
import { anyForm, type Operation, objectForms, type PathItem } from './operation.ts';
import { apiName, pascal, tagOf } from './operation_names.ts';
import {
  deleting,
  deletingMany,
  listing,
  optionParameters,
  type Parameter,
  type Place,
  patching,
  pathParameters,
  pretty,
  scopeOf,
  writing,
} from './parameters.ts';

const watchForms = ['application/json;stream=watch', 'application/vnd.kubernetes.protobuf;stream=watch'];
const patchForms = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  'application/apply-patch+yaml',
];

/** Kinds whose delete answers with what was deleted, not with a Status. */
const answersDeleted: Readonly<Record<string, readonly string[]>> = {
  '': [
    'persistentvolumeclaims',
    'persistentvolumes',
    'pods',
    'podtemplates',
    'resourcequotas',
    'serviceaccounts',
    'services',
  ],
  'resource.k8s.io': [
    'deviceclasses',
    'devicetaintrules',
    'resourceclaims',
    'resourceclaimtemplates',
    'resourcepoolstatusrequests',
    'resourceslices',
  ],
  'storage.k8s.io': [
    'csidrivers',
    'csinodes',
    'storageclasses',
    'volumeattachments',
    'volumeattributesclasses',
  ],
};

export function pathItems(version: GroupVersion): PathItem[] {
  const root = version.group ? `/apis/${version.group}/${version.version}` : `/api/${version.version}`;
  const items = [...version.resources.values()].flatMap((routes) => resourcePaths(root, version, routes));
  return items.filter((item) => item.operations.length > 0);
}

function resourcePaths(root: string, version: GroupVersion, routes: ResourceRoutes): PathItem[] {
  const { resource, namespaced } = routes;
  const within = namespaced ? '/namespaces/{namespace}' : '';
  const collection = `${root}${within}/${resource}`;
  const item = (path: string, route: Route, verbs: readonly string[], place: Place): PathItem => ({
    path,
    operations: verbs.flatMap((verb) =>
      route.endpoints[verb] ? [operationOf(version, route, verb, place, routes.kind.kind)] : [],
    ),
  });
  const items = [
    item(collection, routes, ['list', 'create', 'deletecollection'], 'collection'),
    item(`${collection}/{name}`, routes, ['get', 'update', 'patch', 'delete'], 'object'),
  ];
  if (namespaced) items.push(item(`${root}/${resource}`, routes, ['list'], 'everywhere'));
  if (routes.endpoints['watch']) {
    items.push({
      path: `${root}/watch${within}/${resource}`,
      operations: [watchOf(version, routes, 'collection')],
    });
    items.push({
      path: `${root}/watch${within}/${resource}/{name}`,
      operations: [watchOf(version, routes, 'object')],
    });
    if (namespaced)
      items.push({ path: `${root}/watch/${resource}`, operations: [watchOf(version, routes, 'everywhere')] });
  }
  for (const part of routes.subresources.values()) {
    const path = `${collection}/{name}/${part.subresource}`;
    if (part.kind.kind.endsWith('Options')) items.push(...connectItems(path, version, routes, part));
    else items.push(item(path, part, ['get', 'create', 'update', 'patch', 'delete'], 'object'));
  }
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
  version: GroupVersion,
  route: Route,
  verb: string,
  place: Place,
  /** Of the resource that a subresource is of. */
  ownerKind: string,
): Operation {
  const { kind } = route.kind;
  const [action, prefix, words] = actions[verb]!;
  const type = typeOfKind(route.kind.group, route.kind.version, kind);
  const isLog = route.subresource === 'log';
  const many = verb === 'deletecollection' ? 'Collection' : '';
  return {
    method: methods[verb]!,
    operationId: `${prefix}${apiName(version)}${many}${scopeOf(route, place)}${ownerKind}${pascal(route.subresource)}${place === 'everywhere' ? 'ForAllNamespaces' : ''}`,
    tag: tagOf(version),
    description: isLog ? `read log of the specified ${kind}` : `${words} ${kind}`,
    action,
    gvk: route.kind,
    parameters: [
      ...(isLog ? optionParameters('core.v1.PodLogOptions') : parametersOf(verb)),
      pretty,
      ...pathParameters(route, place, verb === 'create' && place === 'collection' ? '' : kind),
    ],
    ...bodyOf(verb, type),
    consumes: verb === 'patch' ? patchForms : anyForm,
    produces: isLog
      ? ['text/plain', ...objectForms]
      : verb === 'list'
        ? [...objectForms, ...watchForms]
        : objectForms,
    answer: isLog ? 'string' : answerOf(version, verb, route, type),
    codes: codesOf(verb),
  };
}

function watchOf(version: GroupVersion, routes: ResourceRoutes, place: Place): Operation {
  const { kind } = routes.kind;
  const one = place === 'object';
  const every = place === 'everywhere' ? 'ForAllNamespaces' : '';
  return {
    method: 'get',
    operationId: `watch${apiName(version)}${scopeOf(routes, place)}${kind}${one ? '' : 'List'}${every}`,
    tag: tagOf(version),
    description: `watch changes to ${one ? 'an object' : 'a list'} of kind ${kind}; a list with the parameter 'watch' is what has replaced it`,
    action: one ? 'watch' : 'watchlist',
    gvk: routes.kind,
    parameters: [...listing, pretty, ...pathParameters(routes, place, kind)],
    consumes: anyForm,
    produces: [...objectForms, ...watchForms],
    answer: 'meta.v1.WatchEvent',
    codes: [200],
  };
}

function parametersOf(verb: string): readonly Parameter[] {
  switch (verb) {
    case 'list':
      return listing;
    case 'create':
    case 'update':
      return writing;
    case 'patch':
      return patching;
    case 'delete':
      return deleting;
    case 'deletecollection':
      return deletingMany;
    default:
      return [];
  }
}

function bodyOf(verb: string, type: string | undefined): Pick<Operation, 'body' | 'bodyRequired'> {
  if (verb === 'get' || verb === 'list') return {};
  if (verb === 'patch') return { body: 'meta.v1.Patch', bodyRequired: true };
  if (verb.startsWith('delete')) return { body: 'meta.v1.DeleteOptions' };
  return { body: type, bodyRequired: true };
}

function answerOf(version: GroupVersion, verb: string, route: Route, type: string | undefined) {
  if (verb === 'list')
    return typeOfKind(route.kind.group, route.kind.version, `${route.kind.kind}List`) ?? type;
  if (verb === 'delete' && answersDeleted[version.group]?.includes(route.resource)) return type;
  return verb.startsWith('delete') ? 'meta.v1.Status' : type;
}

function codesOf(verb: string): number[] {
  if (verb === 'create') return [200, 201, 202];
  if (verb === 'update' || verb === 'patch') return [200, 201];
  return verb === 'delete' ? [200, 202] : [200];
}
