// OpenAPI 2.0 as gnostic's protobuf (openapi.v2.Document): kubectl up to 1.26 reads no other form, and later ones ask for it.
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

/** Clients ask for `...spec.v2@v1.0+protobuf`; an `@` is no part of a media type, so answers say it so. */
export const swaggerMessageType = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';

export function encodeSwagger(document: any): Uint8Array {
  return codec.encode('Document', {
    swagger: document.swagger,
    info: document.info,
    paths: { path: named(document.paths, pathItem) },
    definitions: { items: named(document.definitions, schema) },
    parameters: { items: named(document.parameters, bareParameter) },
    security: document.security.map((each: object) => ({ items: named(each, (value) => ({ value })) })),
    securityDefinitions: { items: named(document.securityDefinitions, (apiKey) => ({ apiKey })) },
  });
}

// Only what our documents hold, by the numbers of gnostic's OpenAPIv2.proto.
const codec = makeMessageCodec({
  Document: fields({
    swagger: text(1),
    info: one(2, 'Info'),
    paths: one(8, 'Paths'),
    definitions: one(9, 'Definitions'),
    parameters: one(10, 'ParameterDefinitions'),
    security: many(12, 'SecurityRequirement'),
    securityDefinitions: one(13, 'SecurityDefinitions'),
  }),
  Info: fields({ title: text(1), version: text(2) }),
  Paths: fields({ path: many(2, 'NamedPathItem') }),
  NamedPathItem: namedOf('PathItem'),
  PathItem: fields({
    get: one(2, 'Operation'),
    put: one(3, 'Operation'),
    post: one(4, 'Operation'),
    delete: one(5, 'Operation'),
    options: one(6, 'Operation'),
    head: one(7, 'Operation'),
    patch: one(8, 'Operation'),
    parameters: many(9, 'ParametersItem'),
  }),
  Operation: fields({
    tags: texts(1),
    description: text(3),
    operationId: text(5),
    produces: texts(6),
    consumes: texts(7),
    parameters: many(8, 'ParametersItem'),
    responses: one(9, 'Responses'),
    schemes: texts(10),
    extensions: many(13, 'NamedAny'),
  }),
  ParametersItem: fields({ parameter: one(1, 'Parameter'), reference: one(2, 'JsonReference') }),
  JsonReference: fields({ $ref: text(1) }),
  ParameterDefinitions: fields({ items: many(1, 'NamedParameter') }),
  NamedParameter: namedOf('Parameter'),
  Parameter: fields({ body: one(1, 'BodyParameter'), other: one(2, 'NonBodyParameter') }),
  BodyParameter: fields({ name: text(2), in: text(3), required: flag(4), schema: one(5, 'Schema') }),
  NonBodyParameter: fields({ query: one(3, 'QueryParameter'), path: one(4, 'PathParameter') }),
  QueryParameter: fields({
    required: flag(1),
    in: text(2),
    description: text(3),
    name: text(4),
    type: text(6),
    uniqueItems: flag(20),
  }),
  PathParameter: fields({
    required: flag(1),
    in: text(2),
    description: text(3),
    name: text(4),
    type: text(5),
    uniqueItems: flag(19),
  }),
  Responses: fields({ code: many(1, 'NamedResponseValue') }),
  NamedResponseValue: namedOf('ResponseValue'),
  ResponseValue: fields({ response: one(1, 'Response') }),
  Response: fields({ description: text(1), schema: one(2, 'SchemaItem') }),
  SchemaItem: fields({ schema: one(1, 'Schema') }),
  Definitions: fields({ items: many(1, 'NamedSchema') }),
  NamedSchema: namedOf('Schema'),
  Schema: fields({
    ref: text(1),
    format: text(2),
    description: text(4),
    default: one(5, 'Any'),
    required: texts(19),
    enum: many(20, 'Any'),
    additionalProperties: one(21, 'AdditionalPropertiesItem'),
    type: one(22, 'StringArray'),
    items: one(23, 'ItemsItem'),
    allOf: many(24, 'Schema'),
    properties: one(25, 'Definitions'),
    extensions: many(31, 'NamedAny'),
  }),
  AdditionalPropertiesItem: fields({ schema: one(1, 'Schema'), boolean: flag(2) }),
  ItemsItem: fields({ schema: many(1, 'Schema') }),
  StringArray: fields({ value: texts(1) }),
  NamedAny: namedOf('Any'),
  Any: fields({ yaml: text(2) }),
  SecurityRequirement: fields({ items: many(1, 'NamedStringArray') }),
  NamedStringArray: namedOf('StringArray'),
  SecurityDefinitions: fields({ items: many(1, 'NamedSecurityDefinition') }),
  NamedSecurityDefinition: namedOf('SecurityDefinition'),
  SecurityDefinition: fields({ apiKey: one(2, 'ApiKeySecurity') }),
  ApiKeySecurity: fields({ type: text(1), name: text(2), in: text(3), description: text(4) }),
});

function pathItem({ parameters = [], ...operations }: any): object {
  const item: Record<string, unknown> = { parameters: parameters.map(parameter) };
  for (const [method, each] of Object.entries<any>(operations))
    item[method] = {
      tags: each.tags,
      description: each.description,
      operationId: each.operationId,
      produces: each.produces,
      ...(each.consumes && { consumes: each.consumes }),
      schemes: each.schemes,
      parameters: (each.parameters ?? []).map(parameter),
      responses: {
        code: named(each.responses, (response) => ({
          response: {
            description: response.description,
            ...(response.schema && { schema: { schema: schema(response.schema) } }),
          },
        })),
      },
      extensions: extensions(each),
    };
  return item;
}

function parameter(each: any): object {
  return each.$ref ? { reference: each } : { parameter: bareParameter(each) };
}

function bareParameter(each: any): object {
  if (each.in === 'body') return { body: { ...each, schema: schema(each.schema) } };
  return { other: { [each.in]: each } };
}

function schema(each: Schema): object {
  const { $ref, format, type, description, required, items, properties, additionalProperties, allOf } = each;
  return {
    ...($ref && { ref: $ref }),
    ...(format && { format }),
    ...(description && { description }),
    ...(each.enum && { enum: each.enum.map(anyValue) }),
    ...(each.default !== undefined && { default: anyValue(each.default) }),
    ...(required && { required }),
    ...(type && { type: { value: [type] } }),
    ...(items && { items: { schema: [schema(items)] } }),
    ...(allOf && { allOf: allOf.map(schema) }),
    ...(properties && { properties: { items: named(properties, schema) } }),
    ...(typeof additionalProperties === 'object' && {
      additionalProperties: { schema: schema(additionalProperties) },
    }),
    extensions: extensions(each),
  };
}
