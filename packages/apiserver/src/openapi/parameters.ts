// Parameters of operations, and how they stand in the two dialects.
import { type FieldSchema, typeSchema } from '@kubets/api';

export interface Parameter {
  name: string;
  in: 'query' | 'path';
  type: 'string' | 'integer' | 'boolean';
  description: string;
}

const query = (name: string, type: Parameter['type'], description: string): Parameter => ({
  name,
  in: 'query',
  type,
  description,
});

export const pretty = query(
  'pretty',
  'string',
  'Whether the answer is laid out for people to read: true or false.',
);
const namespaceParameter: Parameter = {
  name: 'namespace',
  in: 'path',
  type: 'string',
  description: 'The namespace that the object is in.',
};
export const pathParameter: Parameter = {
  name: 'path',
  in: 'path',
  type: 'string',
  description: 'The path that is asked for behind the proxy.',
};

function nameParameter(kind: string): Parameter {
  return { name: 'name', in: 'path', type: 'string', description: `The name of the ${kind}.` };
}

const dryRun = query('dryRun', 'string', 'All: everything is done but the storing.');
const fieldManager = query(
  'fieldManager',
  'string',
  'Who is said to have set the fields; up to 128 characters.',
);
const applyManager = query('fieldManager', 'string', 'Who is said to have set the fields; apply needs it.');
const fieldValidation = query(
  'fieldValidation',
  'string',
  'What unknown and duplicate fields lead to: Ignore, Warn (the default) or Strict.',
);

/** Of create and update. Clients look for fieldValidation to know that the server checks fields (KEP-2885). */
export const writing = [dryRun, fieldManager, fieldValidation];

export const patching = [
  dryRun,
  applyManager,
  fieldValidation,
  query('force', 'boolean', 'Apply takes fields from others who have set them. Only for apply.'),
];

const selecting = [
  query('continue', 'string', 'The token of the page before, for the next page of a list.'),
  query('fieldSelector', 'string', 'Only objects whose fields have these values.'),
  query('labelSelector', 'string', 'Only objects whose labels match.'),
  query('limit', 'integer', 'The most objects of a page.'),
  query('resourceVersion', 'string', 'How current the answer is: by the version of the last one seen.'),
  query('resourceVersionMatch', 'string', 'How resourceVersion counts: Exact or NotOlderThan.'),
  query('sendInitialEvents', 'boolean', 'A watch begins with all there is, and then a bookmark.'),
  query('shardSelector', 'string', 'Only the objects of some shards, for clients that share the work.'),
  query('timeoutSeconds', 'integer', 'How long the call may take.'),
];

export const listing = [
  query('allowWatchBookmarks', 'boolean', 'A watch tells from time to time how far it is.'),
  ...selecting,
  query('watch', 'boolean', 'Changes as they come instead of a list.'),
];

export const deleting = [
  dryRun,
  query('gracePeriodSeconds', 'integer', 'How long the object has to end; 0 is at once.'),
  query(
    'ignoreStoreReadErrorWithClusterBreakingPotential',
    'boolean',
    'Deletes an object that cannot be read from the store. Dangerous.',
  ),
  query('orphanDependents', 'boolean', 'Old form of propagationPolicy: true is Orphan.'),
  query('propagationPolicy', 'string', 'What becomes of dependents: Orphan, Background or Foreground.'),
];

export const deletingMany = [...deleting, ...selecting];

/** Where an operation is: at a collection, at an object of it, or across all namespaces. */
export type Place = 'collection' | 'object' | 'everywhere';

interface Placed {
  namespaced: boolean;
}

export function pathParameters({ namespaced }: Placed, place: Place, kind: string): Parameter[] {
  return [
    ...(place === 'object' ? [nameParameter(kind)] : []),
    ...(namespaced && place !== 'everywhere' ? [namespaceParameter] : []),
  ];
}

export function scopeOf({ namespaced }: Placed, place: Place): string {
  return namespaced && place !== 'everywhere' ? 'Namespaced' : '';
}

/** Options of a connection or of a log: each simple field of their type is a parameter. */
export function optionParameters(type: string): Parameter[] {
  return Object.entries(typeSchema(type)?.fields ?? {}).flatMap(([name, field]) => {
    const parameterType = name === 'kind' || name === 'apiVersion' ? undefined : simpleType(field);
    return parameterType ? [query(name, parameterType, '')] : [];
  });
}

function simpleType({ type }: FieldSchema): Parameter['type'] | undefined {
  if (type === 'string') return 'string';
  if (type === 'bool') return 'boolean';
  return type === 'int32' || type === 'int64' ? 'integer' : undefined;
}
