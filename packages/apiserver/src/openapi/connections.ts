// Subresources that connect: exec, attach, port-forward and the proxies. Their options are parameters.
import { typeOfKind } from '@kubets/api';
import type { GroupVersion, ResourceRoutes, Route } from '../routes/route_table.ts';
import { anyForm, type Operation, type PathItem } from './operation.ts';
import { apiName, pascal, tagOf } from './operation_names.ts';
import { optionParameters, pathParameter, pathParameters, scopeOf } from './parameters.ts';

const methods: Readonly<Record<string, readonly Operation['method'][]>> = {
  get: ['get'],
  create: ['post'],
  update: ['put'],
  patch: ['patch'],
  // A proxy passes every method on.
  delete: ['delete', 'options', 'head'],
};

export function connectItems(
  path: string,
  version: GroupVersion,
  routes: ResourceRoutes,
  part: Route,
): PathItem[] {
  const verbs = Object.keys(part.endpoints).flatMap((verb) => methods[verb] ?? []);
  const item = (suffix: string, at: string): PathItem => ({
    path: at,
    operations: verbs.map((method) => connection(version, routes, part, method, suffix)),
  });
  const items = [item('', path)];
  if (part.subresource === 'proxy') items.push(item('WithPath', `${path}/{path}`));
  return items;
}

function connection(
  version: GroupVersion,
  routes: ResourceRoutes,
  part: Route,
  method: Operation['method'],
  suffix: string,
): Operation {
  const { group, version: kindVersion, kind } = part.kind;
  const options = typeOfKind(group, kindVersion, kind);
  const scope = scopeOf(part, 'object');
  return {
    method,
    operationId: `connect${apiName(version)}${pascal(method)}${scope}${routes.kind.kind}${pascal(part.subresource)}${suffix}`,
    tag: tagOf(version),
    description: `connect ${method.toUpperCase()} requests to ${part.subresource} of ${routes.kind.kind}`,
    action: 'connect',
    gvk: part.kind,
    parameters: [
      ...(options ? optionParameters(options) : []),
      ...(suffix ? [pathParameter] : []),
      ...pathParameters(part, 'object', kind),
    ],
    consumes: anyForm,
    produces: anyForm,
    answer: 'string',
    codes: [200],
  };
}
