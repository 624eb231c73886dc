// OpenAPI 3.0 as gnostic's protobuf (openapi.v3.Document), which client-go asks for before JSON.
import { makeMessageCodec } from '@kubets/api';
import type { Schema } from './definitions.ts';
import {
  anyValue,
  extensions,
  fields,
  flag,
  many,
  named,
  namedOf,
  one,
  text,
  texts,
} from './message_tables.ts';

/** Clients ask for `...spec.v3@v1.0+protobuf`; an `@` is no part of a media type, so answers say it so. */
export const openapiMessageType = 'application/com.github.proto-openapi.spec.v3.v1.0+protobuf';

export function encodeOpenapi(document: any): Uint8Array {
  const { schemas, securitySchemes } = document.components;
  return codec.encode('Document', {
    openapi: document.openapi,
    info: document.info,
    paths: { path: named(document.paths, pathItem) },
    components: {
      ...(schemas && { schemas: { items: named(schemas, schemaOrReference) } }),
      securitySchemes: { items: named(securitySchemes, (securityScheme) => ({ securityScheme })) },
    },
  });
}

const orReference = (name: string, type: string) =>
  fields({ [name]: one(1, type), reference: one(2, 'Reference') });

// Only what our documents hold, by the numbers of gnostic's OpenAPIv3.proto.
const codec = makeMessageCodec({
  Document: fields({
    openapi: text(1),
    info: one(2, 'Info'),
    paths: one(4, 'Paths'),
    components: one(5, 'Components'),
  }),
  Info: fields({ title: text(1), version: text(6) }),
  Paths: fields({ path: many(1, 'NamedPathItem') }),
  NamedPathItem: namedOf('PathItem'),
  PathItem: fields({
    get: one(4, 'Operation'),
    put: one(5, 'Operation'),
    post: one(6, 'Operation'),
    delete: one(7, 'Operation'),
    options: one(8, 'Operation'),
    head: one(9, 'Operation'),
    patch: one(10, 'Operation'),
    parameters: many(13, 'ParameterOrReference'),
  }),
  Operation: fields({
    tags: texts(1),
    description: text(3),
    operationId: text(5),
    parameters: many(6, 'ParameterOrReference'),
    requestBody: one(7, 'RequestBodyOrReference'),
    responses: one(8, 'Responses'),
    extensions: many(13, 'NamedAny'),
  }),
  ParameterOrReference: orReference('parameter', 'Parameter'),
  Parameter: fields({
    name: text(1),
    in: text(2),
    description: text(3),
    required: flag(4),
    schema: one(10, 'SchemaOrReference'),
  }),
  RequestBodyOrReference: orReference('requestBody', 'RequestBody'),
  RequestBody: fields({ content: one(2, 'MediaTypes'), required: flag(3) }),
  MediaTypes: fields({ items: many(1, 'NamedMediaType') }),
  NamedMediaType: namedOf('MediaType'),
  MediaType: fields({ schema: one(1, 'SchemaOrReference') }),
  Responses: fields({ codes: many(2, 'NamedResponseOrReference') }),
  NamedResponseOrReference: namedOf('ResponseOrReference'),
  ResponseOrReference: orReference('response', 'Response'),
  Response: fields({ description: text(1), content: one(3, 'MediaTypes') }),
  Reference: fields({ $ref: text(1) }),
  SchemaOrReference: orReference('schema', 'Schema'),
  Schema: fields({
    uniqueItems: flag(20),
    required: texts(23),
    enum: many(24, 'Any'),
    type: text(25),
    allOf: many(26, 'SchemaOrReference'),
    oneOf: many(27, 'SchemaOrReference'),
    items: one(30, 'ItemsItem'),
    properties: one(31, 'Properties'),
    additionalProperties: one(32, 'AdditionalPropertiesItem'),
    default: one(33, 'DefaultType'),
    description: text(34),
    format: text(35),
    extensions: many(36, 'NamedAny'),
  }),
  ItemsItem: fields({ schemas: many(1, 'SchemaOrReference') }),
  Properties: fields({ items: many(1, 'NamedSchemaOrReference') }),
  NamedSchemaOrReference: namedOf('SchemaOrReference'),
  AdditionalPropertiesItem: fields({ schema: one(1, 'SchemaOrReference'), boolean: flag(2) }),
  // One of the three, which is written though it be empty.
  DefaultType: fields({
    number: { n: 1, type: 'double', ptr: true },
    boolean: { n: 2, type: 'bool', ptr: true },
    string: { n: 3, type: 'string', ptr: true },
  }),
  Components: fields({
    schemas: one(1, 'SchemasOrReferences'),
    securitySchemes: one(7, 'SecuritySchemesOrReferences'),
  }),
  SchemasOrReferences: fields({ items: many(1, 'NamedSchemaOrReference') }),
  SecuritySchemesOrReferences: fields({ items: many(1, 'NamedSecuritySchemeOrReference') }),
  NamedSecuritySchemeOrReference: namedOf('SecuritySchemeOrReference'),
  SecuritySchemeOrReference: orReference('securityScheme', 'SecurityScheme'),
  SecurityScheme: fields({ type: text(1), description: text(2), name: text(3), in: text(4) }),
  NamedAny: namedOf('Any'),
  Any: fields({ yaml: text(2) }),
});

function pathItem({ parameters = [], ...operations }: any): object {
  return {
    parameters: parameters.map(parameter),
    ...Object.fromEntries(Object.entries<any>(operations).map(([method, each]) => [method, operation(each)])),
  };
}

function operation({ parameters = [], requestBody: body, responses, ...each }: any): object {
  return {
    tags: each.tags,
    description: each.description,
    operationId: each.operationId,
    parameters: parameters.map(parameter),
    ...(body && {
      requestBody: { requestBody: { content: content(body.content), required: body.required ?? false } },
    }),
    responses: {
      codes: named(responses, (response) => ({
        response: {
          description: response.description,
          ...(response.content && { content: content(response.content) }),
        },
      })),
    },
    extensions: extensions(each),
  };
}

function parameter({ schema, ...each }: any): object {
  return { parameter: { ...each, schema: schemaOrReference(schema) } };
}

function content(types: object): object {
  return { items: named(types, ({ schema }) => ({ schema: schemaOrReference(schema) })) };
}

function schemaOrReference(each: Schema): object {
  if (each.$ref) return { reference: { $ref: each.$ref } };
  const { items, properties, additionalProperties, allOf, oneOf, enum: values } = each;
  const kept = {
    type: each.type,
    format: each.format,
    description: each.description,
    required: each.required,
    uniqueItems: (each as { uniqueItems?: boolean }).uniqueItems,
  };
  return {
    schema: {
      ...Object.fromEntries(Object.entries(kept).filter(([, value]) => value !== undefined)),
      ...(values && { enum: values.map(anyValue) }),
      ...(each.default !== undefined && defaultOf(each.default)),
      ...(items && { items: { schemas: [schemaOrReference(items)] } }),
      ...(allOf && { allOf: allOf.map(schemaOrReference) }),
      ...(oneOf && { oneOf: oneOf.map(schemaOrReference) }),
      ...(properties && { properties: { items: named(properties, schemaOrReference) } }),
      ...(typeof additionalProperties === 'object' && {
        additionalProperties: { schema: schemaOrReference(additionalProperties) },
      }),
      extensions: extensions(each),
    },
  };
}

/** Objects, all of them empty, have no place in the message but being there. */
function defaultOf(value: unknown): object {
  switch (typeof value) {
    case 'number':
      return { default: { number: value } };
    case 'boolean':
      return { default: { boolean: value } };
    case 'string':
      return { default: { string: value } };
    default:
      return { default: {} };
  }
}
