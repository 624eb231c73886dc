// The two forms of the OpenAPI document.
import { typeOfKind, typeSchema } from '@kubets/api';
import type { GroupVersion } from '../routes/route_table.ts';
import { type Dialect, definitionsOf, refTo, type Schema } from './definitions.ts';
import { type Operation, type Parameter, type PathItem, pathItems } from './operations.ts';

const produces = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'];
const security = {
  BearerToken: {
    type: 'apiKey',
    in: 'header',
    name: 'authorization',
    description: 'Bearer Token authentication',
  },
};
const patchName = 'io.k8s.apimachinery.pkg.apis.meta.v1.Patch';
// Kinds that every group answers or takes under its own name.
const everywhere = ['DeleteOptions', 'WatchEvent'];

/** OpenAPI 2.0 of everything. */
export function swaggerDocument(versions: readonly GroupVersion[], version: string): object {
  const items = versions.flatMap(pathItems);
  return {
    swagger: '2.0',
    info: { title: 'Kubernetes', version },
    paths: Object.fromEntries(items.map((item) => [item.path, swaggerPath(item)])),
    definitions: definitions(items, versions, 'v2'),
    securityDefinitions: security,
    security: [{ BearerToken: [] }],
  };
}

/** OpenAPI 3.0 of one group and version. */
export function openapiDocument(of: GroupVersion, version: string): object {
  const items = pathItems(of);
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version },
    paths: Object.fromEntries(items.map((item) => [item.path, openapiPath(item)])),
    components: { schemas: definitions(items, [of], 'v3'), securitySchemes: security },
  };
}

function definitions(items: readonly PathItem[], versions: readonly GroupVersion[], dialect: Dialect) {
  const roots = new Set<string>();
  for (const { operations } of items)
    for (const { body, answer } of operations) for (const type of [body, answer]) if (type) roots.add(type);
  const gvks = new Map<string, object[]>();
  for (const kind of everywhere) {
    const type = `meta.v1.${kind}`;
    if (!typeSchema(type)) continue;
    const names = versions.map(({ group, version }) => ({ group, version, kind }));
    gvks.set(type, [{ group: '', version: 'v1', kind }, ...names.filter(({ group }) => group !== '')]);
  }
  gvks.set('meta.v1.Status', [{ group: '', version: 'v1', kind: 'Status' }]);
  // Kinds of subresources (Scale, Eviction) are in the tables under their own names.
  for (const { resources } of versions)
    for (const { kind } of resources.values()) {
      const type = typeOfKind(kind.group, kind.version, kind.kind);
      if (type) roots.add(type);
    }
  const schemas = definitionsOf(roots, dialect, gvks);
  schemas[patchName] = { type: 'object' };
  return schemas;
}

function swaggerPath({ parameters, operations }: PathItem): object {
  return {
    ...Object.fromEntries(operations.map((operation) => [operation.method, swaggerOperation(operation)])),
    parameters: parameters.map(swaggerParameter),
  };
}

function swaggerOperation(operation: Operation): object {
  const { operationId, action, description, gvk, body, bodyRequired, consumes, codes } = operation;
  const parameters: object[] = operation.parameters.map(swaggerParameter);
  if (body)
    parameters.unshift({
      name: 'body',
      in: 'body',
      ...(bodyRequired && { required: true }),
      schema: schemaRef(body, 'v2'),
    });
  return {
    description,
    operationId,
    consumes,
    produces,
    schemes: ['https'],
    ...(parameters.length && { parameters }),
    responses: responses(codes, operation.answer, (answer) => ({ schema: schemaRef(answer, 'v2') })),
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': gvk,
  };
}

function swaggerParameter({ name, in: place, type }: Parameter): object {
  return { name, in: place, type, uniqueItems: true, ...(place === 'path' && { required: true }) };
}

function openapiPath({ parameters, operations }: PathItem): object {
  return {
    ...Object.fromEntries(operations.map((operation) => [operation.method, openapiOperation(operation)])),
    parameters: parameters.map(openapiParameter),
  };
}

function openapiOperation(operation: Operation): object {
  const { operationId, action, description, gvk, body, bodyRequired, consumes, codes } = operation;
  const content = (types: readonly string[], of: string) =>
    Object.fromEntries(types.map((type) => [type, { schema: schemaRef(of, 'v3') }]));
  return {
    description,
    operationId,
    ...(operation.parameters.length && { parameters: operation.parameters.map(openapiParameter) }),
    ...(body && {
      requestBody: { content: content(consumes, body), ...(bodyRequired && { required: true }) },
    }),
    responses: responses(codes, operation.answer, (answer) => ({ content: content(produces, answer) })),
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': gvk,
  };
}

function openapiParameter({ name, in: place, type }: Parameter): object {
  return {
    name,
    in: place,
    schema: { type, uniqueItems: true },
    ...(place === 'path' && { required: true }),
  };
}

const words: Readonly<Record<number, string>> = { 200: 'OK', 201: 'Created', 202: 'Accepted' };

function responses(
  codes: readonly number[],
  answer: string | undefined,
  holding: (type: string) => object,
): object {
  return Object.fromEntries([
    ...codes.map((code) => [String(code), { description: words[code], ...(answer && holding(answer)) }]),
    ['401', { description: 'Unauthorized' }],
  ]);
}

function schemaRef(type: string, dialect: Dialect): Schema {
  return { $ref: refTo(type, dialect) };
}
