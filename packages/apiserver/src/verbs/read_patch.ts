// Bodies of PATCH: what each form of patch may be, with upstream's refusals.
import {
  badRequest,
  decodeUtf8,
  findDuplicateFields,
  findDuplicateYamlKeys,
  isApiError,
  jsonSyntaxError,
  parseYaml,
  statusError,
} from '@kubets/api';
import type { Call } from '../call.ts';
import { lenientText, nestsTooDeep, readJson } from '../decode/read_json.ts';
import type { FieldValidation } from '../decode/write_options.ts';

export const patchMediaTypes = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
} as const;

export type PatchForm = keyof typeof patchMediaTypes;

export interface ReadPatch {
  patch: any;
  /** Unknown and duplicate fields of the patch itself; of YAML, keys that stand twice. */
  problems: readonly string[];
}

/** @throws ApiError 415. Media types are known by their exact spelling, parameters aside. */
export function patchForm(call: Call): PatchForm {
  const contentType = call.request.headers['content-type'] ?? '';
  const mediaType = contentType.split(';', 1)[0]!.trim();
  for (const form of Object.keys(patchMediaTypes) as PatchForm[])
    if (patchMediaTypes[form] === mediaType) return form;
  throw statusError(415, 'UnsupportedMediaType', '415: Unsupported Media Type', {});
}

/** @throws ApiError 400 */
export function readPatch(call: Call, form: PatchForm, validation: FieldValidation): ReadPatch {
  const body = call.request.body ?? new Uint8Array();
  // Of this process: typed, and with nulls that mean something.
  if (!(body instanceof Uint8Array)) return { patch: structuredClone(body), problems: [] };
  if (form === 'apply') return readConfiguration(body, validation);
  const prefix = form === 'strategic' ? '' : 'error decoding patch: ';
  const patch = parsePatch(body, prefix);
  checkShape(form, patch, prefix);
  if (validation === 'Ignore') return { patch: patch ?? emptyOf(form), problems: [] };
  const duplicates = findDuplicateFields(lenientText(body));
  if (form !== 'json') return { patch: patch ?? emptyOf(form), problems: duplicates };
  const problems = [...unknownOperationFields(patch), ...duplicates].map((text) => `json patch ${text}`);
  return { patch: patch ?? [], problems };
}

function parsePatch(body: Uint8Array, prefix: string): any {
  try {
    const { value, deep } = readJson(body);
    if (!deep || !nestsTooDeep(value)) return value;
  } catch (error) {
    if (!isApiError(error)) throw error;
  }
  throw badRequest(prefix + (jsonSyntaxError(body) ?? 'exceeded max depth'));
}

// Go reads null as nothing at all; only a merge patch may not be that.
function emptyOf(form: PatchForm): unknown {
  if (form === 'merge') throw badRequest('Invalid JSON Patch');
  return {};
}

function checkShape(form: PatchForm, patch: unknown, prefix: string): void {
  if (patch === null) return;
  if (form !== 'json') {
    if (typeof patch === 'object' && !Array.isArray(patch)) return;
    throw badRequest(
      `${prefix}json: cannot unmarshal ${jsonKind(patch)} into Go value of type map[string]interface {}`,
    );
  }
  if (!Array.isArray(patch))
    throw badRequest(
      `${prefix}json: cannot unmarshal ${jsonKind(patch)} into Go value of type []handlers.jsonPatchOp`,
    );
  for (const operation of patch) {
    if (operation === null) continue;
    if (typeof operation !== 'object' || Array.isArray(operation))
      throw badRequest(
        `${prefix}json: cannot unmarshal ${jsonKind(operation)} into Go value of type handlers.jsonPatchOp`,
      );
    for (const field of ['op', 'path', 'from']) {
      const value = operation[field];
      if (value !== undefined && value !== null && typeof value !== 'string')
        throw badRequest(
          `${prefix}json: cannot unmarshal ${jsonKind(value)} into Go struct field jsonPatchOp.${field} of type string`,
        );
    }
  }
}

const operationFields = new Set(['op', 'path', 'from', 'value']);

function unknownOperationFields(patch: readonly (object | null)[] | null): string[] {
  return (patch ?? []).flatMap((operation, i) =>
    Object.keys(operation ?? {})
      .filter((field) => !operationFields.has(field))
      .map((field) => `unknown field "[${i}].${field}"`),
  );
}

function readConfiguration(body: Uint8Array, validation: FieldValidation): ReadPatch {
  let text: string;
  let patch: any;
  try {
    text = decodeUtf8(body);
    patch = parseYaml(text);
  } catch (error) {
    if (!isApiError(error)) throw error;
    throw badRequest(`error decoding YAML: error converting YAML to JSON: ${error.status.message}`);
  }
  if (patch !== null && (typeof patch !== 'object' || Array.isArray(patch)))
    throw badRequest(
      `error decoding YAML: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${jsonKind(patch)} into Go value of type map[string]interface {}`,
    );
  return { patch: patch ?? {}, problems: validation === 'Ignore' ? [] : findDuplicateYamlKeys(text) };
}

// What encoding/json calls a value.
function jsonKind(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}
