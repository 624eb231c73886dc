// What a patch makes of an object, read as an object of the kind again.
import {
  apiVersionOf,
  badRequest,
  DecodeProblem,
  type FieldError,
  formatGo,
  goQuote,
  invalid,
  invalidValue,
  readObject,
  typeSchema,
} from '@kubets/api';
import type { Call } from '../call.ts';
import { type ExpectedKind, kindProblem } from '../decode/body.ts';
import { typeMetaOf } from '../decode/read_json.ts';
import { keepEmpties } from '../decode/without_empties.ts';
import type { FieldValidation } from '../decode/write_options.ts';
import type { PatchForm, ReadPatch } from './read_patch.ts';

export interface PatchedObject {
  expected: ExpectedKind;
  form: PatchForm;
  read: ReadPatch;
  /** As the patch made it. */
  next: any;
  old: object;
  validation: FieldValidation;
  call: Call;
}

/**
 * The patched object with the fields and values that its type has.
 * @throws ApiError 422 that shows the object (or the strategic patch) and what is wrong with it
 */
export function decodePatched(patched: PatchedObject): any {
  const { expected, form, read, validation, call } = patched;
  const next: any = { ...patched.next };
  const wrong = typeMetaProblem(next, form);
  if (wrong) throw refused(patched, wrong);
  if (form !== 'strategic' && next.kind && next.apiVersion) {
    const problem = kindProblem(expected, next.apiVersion, next.kind);
    if (problem) throw refused(patched, problem);
  }
  if (form !== 'strategic' && !next.apiVersion) refuseVersionless(patched);
  // Structs that upstream makes of maps have no kind of their own.
  next.apiVersion = apiVersionOf(expected);
  next.kind = expected.kind;
  if (!expected.type) return next;
  const { object, unknown, empties } = readOrRefuse(patched, next, expected.type);
  if (empties) call.empties = true;
  const problems = [...read.problems, ...unknown];
  if (problems.length && validation === 'Strict')
    throw refused(patched, `strict decoding error: ${problems.join(', ')}`);
  if (validation === 'Warn') call.warnings.push(...problems);
  return object;
}

// A patch can make anything of kind and apiVersion.
function typeMetaProblem(next: any, form: PatchForm): string | undefined {
  const given = [next.apiVersion, next.kind].find((each) => each != null && typeof each !== 'string');
  if (given === undefined) return undefined;
  if (form === 'strategic')
    return typeof given === 'object'
      ? 'unrecognized type: string'
      : `cannot convert ${goType(given)} to string`;
  try {
    typeMetaOf(next);
  } catch (error) {
    return (error as Error).message;
  }
  return undefined;
}

// Upstream takes an object without a version for one of its internal version, where no field has its name.
function refuseVersionless(patched: PatchedObject): void {
  const { read, next, validation, call } = patched;
  const unknown = Object.keys(next)
    .filter((key) => key !== 'apiVersion' && key !== 'kind')
    .sort()
    .map((key) => `unknown field ${goQuote(key)}`);
  const problems = [...read.problems, ...unknown];
  if (validation === 'Strict') throw refused(patched, `strict decoding error: ${problems.join(', ')}`);
  if (validation === 'Warn') call.warnings.push(...problems);
  checkPatchedName(undefined, call.info.name);
}

function goType(value: unknown): string {
  if (typeof value === 'boolean') return 'bool';
  return Number.isInteger(value) ? 'int64' : 'float64';
}

/** `name`s that a patch or a configuration may not change. @throws ApiError 400 */
export function checkPatchedName(name: unknown, wanted: string): void {
  if (!name)
    throw badRequest(
      `the name of the object (${wanted} based on URL) was undeterminable: name must be provided`,
    );
  if (name !== wanted)
    throw badRequest(`the name of the object (${name}) does not match the name on the URL (${wanted})`);
}

function readOrRefuse(patched: PatchedObject, next: object, type: string) {
  try {
    return readObject(next, type, patched.form === 'strategic' ? 'maps' : 'text', keepEmpties);
  } catch (error) {
    if (!(error instanceof DecodeProblem)) throw error;
    throw refused(patched, patched.form === 'strategic' ? ofMaps(error.message) : error.message);
  }
}

/** What does not fit into a struct that is made of maps: values are read one by one, and know no field. */
export function ofMaps(message: string): string {
  return message.replace(/ Go struct field \S+ of type /, ' Go value of type ');
}

function refused({ form, read, next, old }: PatchedObject, why: string) {
  const shown = form === 'strategic' ? formatGo(read.patch) : touchedText(inOrder(old), inOrder(next));
  const error: FieldError = invalidValue('patch', shown, why);
  return invalid({ group: '', kind: '' }, '', [error]);
}

const orderedMetadata = new WeakMap<object, object>();

// Metadata as Go writes it, where a store has put some of it first; the same in both where it is the same.
function inOrder(object: any): unknown {
  const metadata = object?.metadata;
  if (typeof metadata !== 'object' || metadata === null) return object;
  let ordered = orderedMetadata.get(metadata);
  if (!ordered) {
    const place = (key: string) => typeSchema('meta.v1.ObjectMeta')?.fields?.[key]?.n ?? 0;
    const entries = Object.entries(metadata).sort(([a], [b]) => place(a) - place(b));
    orderedMetadata.set(metadata, (ordered = Object.fromEntries(entries)));
  }
  return { ...object, metadata: ordered };
}

// Upstream writes the objects that a patch touched with their keys in order, and the rest as it was.
function touchedText(old: unknown, next: unknown): string {
  if (next === old || typeof next !== 'object' || next === null) return JSON.stringify(next) ?? 'null';
  const before: any = typeof old === 'object' && old !== null ? old : {};
  if (Array.isArray(next)) return `[${next.map((item, i) => touchedText(before[i], item)).join(',')}]`;
  const fields = Object.entries(next)
    .filter(([, value]) => value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${JSON.stringify(key)}:${touchedText(before[key], value)}`);
  return `{${fields.join(',')}}`;
}
