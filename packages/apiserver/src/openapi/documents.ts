// The two forms of the OpenAPI document.
import { typeOfKind, typeSchema } from '@kubets/api';
import { type GroupVersion, perVersion } from '../routes/route_table.ts';
import { type Dialect, definitionsOf, refTo, type Schema } from './definitions.ts';
import type { Descriptions } from './descriptions/index.ts';
import { groupPath, metaPaths, versionPath } from './meta_paths.ts';
import type { Operation, PathItem } from './operation.ts';
import { pathItems } from './operations.ts';
import type { Parameter } from './parameters.ts';
import { registeredVersions } from './registered_versions.ts';
import { sharedParameters } from './shared_parameters.ts';

const security = {
  BearerToken: {
    type: 'apiKey',
    in: 'header',
    name: 'authorization',
    description: 'Bearer Token authentication',
  },
};
const patchName = 'io.k8s.apimachinery.pkg.apis.meta.v1.Patch';

/** A part of the whole, with an OpenAPI v3 document of its own. */
export interface Section {
  /** `apis/apps/v1`, `version` */
  name: string;
  items: readonly PathItem[];
  versions: readonly GroupVersion[];
}

/** Every document that there is, in the order of their names. */
export function sectionsOf(versions: readonly GroupVersion[]): Section[] {
  const groups = [...new Set(versions.map(({ group }) => group))].filter((group) => group !== '');
  return [
    ...Object.entries(metaPaths).map(([name, item]) => ({ name, items: [item], versions: [] })),
    ...groups.map((group) => ({ name: `apis/${group}`, items: [groupPath(group)], versions: [] })),
    ...versions.map(versionSection),
  ].sort((a, b) => (a.name < b.name ? -1 : 1));
}

const versionSection = perVersion((version): Section => {
  const { group } = version;
  return {
    name: group ? `apis/${group}/${version.version}` : `api/${version.version}`,
    items: [versionPath(version), ...pathItems(version)],
    versions: [version],
  };
});

/** OpenAPI 2.0 of everything. */
export function swaggerDocument(sections: readonly Section[], version: string, words: Descriptions): object {
  const items = sections.flatMap((section) => section.items);
  const shared = sharedParameters(items.flatMap(({ operations }) => hoist(operations).all));
  const parameter = (each: Parameter) => shared.reference(each) ?? swaggerParameter(each);
  return {
    swagger: '2.0',
    info: { title: 'Kubernetes', version },
    paths: Object.fromEntries(sorted(items).map((item) => [item.path, swaggerPath(item, parameter)])),
    definitions: definitions(items, sections, 'v2', words),
    parameters: Object.fromEntries(
      shared.list().map(([name, each]) => [name, swaggerParameter(each)] as const),
    ),
    securityDefinitions: security,
    security: [{ BearerToken: [] }],
  };
}

/** OpenAPI 3.0 of one group and version, or of another section. */
export function openapiDocument(section: Section, version: string, words: Descriptions): object {
  const { items } = section;
  const schemas = definitions(items, [section], 'v3', words);
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version },
    paths: Object.fromEntries(sorted(items).map((item) => [item.path, openapiPath(item)])),
    components: {
      ...(Object.keys(schemas).length && { schemas }),
      securitySchemes: security,
    },
  };
}

function sorted(items: readonly PathItem[]): PathItem[] {
  return [...items].sort((a, b) => (a.path < b.path ? -1 : 1));
}

function definitions(
  items: readonly PathItem[],
  sections: readonly Section[],
  dialect: Dialect,
  words: Descriptions,
) {
  const roots = new Set<string>();
  for (const { operations } of items)
    for (const { body, answer } of operations)
      for (const type of [body, answer]) if (type && typeSchema(type)) roots.add(type);
  // Kinds of subresources (Scale, Eviction) are in the tables under their own names.
  for (const { resources } of sections.flatMap(({ versions }) => versions))
    for (const { kind } of resources.values()) {
      const type = typeOfKind(kind.group, kind.version, kind.kind);
      if (type) roots.add(type);
    }
  const own = sections.flatMap((section) => section.versions).filter(({ group }) => group !== '');
  const versions = dialect === 'v2' ? registeredVersions() : [{ group: '', version: 'v1' }, ...own];
  const schemas = definitionsOf(roots, { dialect, versions, words });
  if (items.some(({ operations }) => operations.some(({ body }) => body === 'meta.v1.Patch')))
    schemas[patchName] = { description: words.describeType('meta.v1.Patch')!, type: 'object' };
  return schemas;
}

/** What every operation of a path takes stands with the path. */
function hoist(operations: readonly Operation[]) {
  const [first, ...rest] = operations;
  const common = first!.parameters.filter((each) =>
    rest.every(({ parameters }) => parameters.some((other) => same(each, other))),
  );
  const own = operations.map(({ parameters }) =>
    byName(parameters.filter((each) => !common.some((other) => same(each, other)))),
  );
  return { common: byName(common), own, all: [...common, ...own.flat()] };
}

function same(a: Parameter, b: Parameter): boolean {
  return a.name === b.name && a.in === b.in && a.type === b.type && a.description === b.description;
}

function byName(parameters: readonly Parameter[]): Parameter[] {
  return [...parameters].sort((a, b) => (a.name < b.name ? -1 : 1));
}

type WriteParameter = (parameter: Parameter) => object;

function swaggerPath({ operations }: PathItem, parameter: WriteParameter): object {
  const { common, own } = hoist(operations);
  return {
    ...Object.fromEntries(
      operations.map((each, i) => [each.method, swaggerOperation(each, own[i]!.map(parameter))]),
    ),
    ...(common.length && { parameters: common.map(parameter) }),
  };
}

function swaggerOperation(operation: Operation, own: object[]): object {
  const { body, bodyRequired, answer } = operation;
  const parameters = [...own];
  if (body)
    parameters.unshift({
      name: 'body',
      in: 'body',
      ...(bodyRequired && { required: true }),
      schema: schemaRef(body, 'v2'),
    });
  return {
    description: operation.description,
    ...(operation.consumes && { consumes: operation.consumes }),
    produces: operation.produces,
    schemes: ['https'],
    tags: [operation.tag],
    operationId: operation.operationId,
    ...(parameters.length && { parameters }),
    responses: responses(operation.codes, answer && { schema: schemaRef(answer, 'v2') }),
    ...extensions(operation),
  };
}

function swaggerParameter({ name, in: place, type, description }: Parameter): object {
  return {
    uniqueItems: true,
    type,
    ...(description && { description }),
    name,
    in: place,
    ...(place === 'path' && { required: true }),
  };
}

function openapiPath({ operations }: PathItem): object {
  const { common, own } = hoist(operations);
  return {
    ...Object.fromEntries(operations.map((each, i) => [each.method, openapiOperation(each, own[i]!)])),
    ...(common.length && { parameters: common.map(openapiParameter) }),
  };
}

function openapiOperation(operation: Operation, own: readonly Parameter[]): object {
  const { body, bodyRequired, answer, consumes = [], produces } = operation;
  const content = (types: readonly string[], of: string) =>
    Object.fromEntries(types.map((type) => [type, { schema: schemaRef(of, 'v3') }]));
  return {
    tags: [operation.tag],
    description: operation.description,
    operationId: operation.operationId,
    ...(own.length && { parameters: own.map(openapiParameter) }),
    ...(body && {
      requestBody: { content: content(consumes, body), ...(bodyRequired && { required: true }) },
    }),
    responses: responses(operation.codes, answer && { content: content(produces, answer) }),
    ...extensions(operation),
  };
}

function extensions({ action, gvk }: Operation): object {
  return {
    ...(action && { 'x-kubernetes-action': action }),
    ...(gvk && { 'x-kubernetes-group-version-kind': gvk }),
  };
}

function openapiParameter({ name, in: place, type, description }: Parameter): object {
  return {
    name,
    in: place,
    ...(description && { description }),
    ...(place === 'path' && { required: true }),
    schema: { type, uniqueItems: true },
  };
}

const words: Readonly<Record<number, string>> = { 200: 'OK', 201: 'Created', 202: 'Accepted' };

function responses(codes: readonly number[], holding: object | '' | undefined): object {
  return Object.fromEntries([
    ...codes.map((code) => [String(code), { description: words[code], ...(holding || {}) }]),
    ['401', { description: 'Unauthorized' }],
  ]);
}

function schemaRef(type: string, dialect: Dialect): Schema {
  return type === 'string' ? { type } : { $ref: refTo(type, dialect) };
}
