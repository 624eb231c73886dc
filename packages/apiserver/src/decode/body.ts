// Bodies: bytes of some content type to the object of the version that the path names.
import {
  type ApiError,
  apiVersionOf,
  badRequest,
  decodeUnknown,
  decodeUtf8,
  findDuplicateFields,
  findDuplicateYamlKeys,
  goQuote,
  isApiError,
  mayRepeatFields,
  orderProblems,
  type PruneOptions,
  parseRepeatedFields,
  parseYaml,
  plainNumbers,
  pruneUnknownFields,
  splitApiVersion,
  typeOfKind,
  unsupportedMediaType,
} from '@kubets/api';
import type { Call } from '../call.ts';
import { copyJson } from './copy_json.ts';
import { mediaTypeOf } from './media_type.ts';
import { lenientText, nestsTooDeep, type ReadBody, readJson, typeMetaOf } from './read_json.ts';
import type { FieldValidation } from './write_options.ts';

export { mediaTypeOf };

export interface ExpectedKind {
  group: string;
  version: string;
  kind: string;
  /** Type table; undefined for kinds whose fields aren't checked here. */
  type: string | undefined;
  /** Versions of the group that are read alike, because they have the same fields. */
  alsoVersions?: readonly string[];
}

const accepted = 'application/json, application/yaml, application/vnd.kubernetes.protobuf';

/**
 * The object in the body, private to the caller, of the kind expected. Fields that the type doesn't have are
 * dropped; with Strict they are an error, with Warn a warning. Who asks to keep empty lists and maps calls
 * `withoutEmpties` before storing.
 * @throws ApiError 400, 415
 */
export function decodeBody(
  call: Call,
  expected: ExpectedKind,
  validation: FieldValidation,
  prune?: PruneOptions,
): any {
  const body = call.request.body ?? nothing;
  if (!(body instanceof Uint8Array))
    // Given away, but what it holds may be shared with a cache.
    return copyJson(accept({ ...body }, expected, asTheyAre, 'Ignore', call, prune));
  const mediaType = mediaTypeOf(call.request.headers['content-type']);
  switch (mediaType) {
    case '':
    case 'application/json': {
      let repeats = false;
      const { value, deep, numberTexts } = recognize(expected, body, (bytes) => {
        const read = readJson(bytes, 'texts');
        // To be asked before anything changes the value.
        repeats = validation !== 'Ignore' && (read.deep || mayRepeatFields(read.text!, read.value));
        return read;
      });
      const problems = repeats ? fieldProblems(expected, body) : asTheyAre;
      const given = problems === asTheyAre || deep ? value : joinRepeated(body, value);
      const object = accept(given, expected, problems, validation, call, prune);
      if (deep && nestsTooDeep(object)) throw badRequest('json parse error: exceeded max depth');
      // Where the type doesn't know the field, any form of a number is as good.
      return numberTexts ? plainNumbers(object) : object;
    }
    case 'application/yaml': {
      const { value } = recognize(expected, body, (bytes) => ({ value: parseYaml(decodeUtf8(bytes)) }));
      return accept(value, expected, yamlProblems(body, validation), validation, call, prune);
    }
    case 'application/vnd.kubernetes.protobuf':
      return accept(recognize(expected, body, readMessage).value, expected, asTheyAre, 'Ignore', call, prune);
    default:
      throw unsupportedMediaType(
        `the body of the request was in an unknown format - accepted media types include: ${accepted}`,
      );
  }
}

const nothing = new Uint8Array();

/** The object with fields that stand twice joined as Go joins them; `read` has its kind. */
function joinRepeated(body: Uint8Array, { apiVersion, kind }: { apiVersion: string; kind: string }): object {
  return { ...(parseRepeatedFields(lenientText(body)) as object), apiVersion, kind };
}

/** A body read as far as its kind; a failure names the kind that was expected and shows how the body begins. */
function recognize(expected: ExpectedKind, body: Uint8Array, read: (body: Uint8Array) => ReadBody): ReadBody {
  try {
    const { value, deep, numberTexts } = read(body);
    const object = value ?? {};
    const { apiVersion, kind } = typeMetaOf(object);
    if (apiVersion.split('/').length > 2) throw badRequest(`unexpected GroupVersion string: ${apiVersion}`);
    if (object.apiVersion !== apiVersion) object.apiVersion = apiVersion;
    if (object.kind !== kind) object.kind = kind;
    return { value: object, deep, numberTexts };
  } catch (error) {
    if (!isApiError(error)) throw error;
    throw unrecognized(expected, error, body);
  }
}

function readMessage(body: Uint8Array): ReadBody {
  if (body.length === 0) throw badRequest('empty data');
  return { value: decodeUnknown(body) };
}

function unrecognized({ kind }: ExpectedKind, { status }: ApiError, body: Uint8Array): ApiError {
  return badRequest(
    `the object provided is unrecognized (must be of type ${kind}): ${status.message} (${summary(body)})`,
  );
}

const summaryLength = 30;

function summary(body: Uint8Array): string {
  if (body.length === 0) return '<empty>';
  const start = body.subarray(0, summaryLength);
  const shown =
    body[0] === 0x7b
      ? lenientText(start)
      : [...start].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return body.length > summaryLength ? `${shown} ...` : shown;
}

/** All problems of the body, given those that the type finds. */
type Problems = (unknown: readonly string[]) => readonly string[];

const asTheyAre: Problems = (unknown) => unknown;

function fieldProblems({ type }: ExpectedKind, body: Uint8Array): Problems {
  const text = lenientText(body);
  const duplicates = findDuplicateFields(text);
  if (!duplicates.length) return asTheyAre;
  return (unknown) => (type ? orderProblems(text, type, unknown) : duplicates);
}

function yamlProblems(body: Uint8Array, validation: FieldValidation): Problems {
  const duplicates = validation === 'Ignore' ? [] : findDuplicateYamlKeys(decodeUtf8(body));
  if (!duplicates.length) return asTheyAre;
  const all = ['yaml: unmarshal errors:', ...duplicates.map((line) => `  ${line}`)].join('\n');
  return (unknown) => [...(validation === 'Strict' ? [all] : duplicates), ...unknown];
}

function accept(
  object: any,
  expected: ExpectedKind,
  problems: Problems,
  validation: FieldValidation,
  call: Call,
  prune: PruneOptions | undefined,
): any {
  checkKind(object, expected);
  object.metadata ??= {};
  if (!expected.type) return object;
  const pruned = pruneUnknownFields(object, expected.type, prune);
  if (pruned.empties) call.empties = true;
  reportStrictness(expected, problems(pruned.unknown), validation, call);
  return pruned.object;
}

/** Strict: an error that names all problems; Warn: one warning each. */
export function reportStrictness(
  expected: ExpectedKind,
  problems: readonly string[],
  validation: FieldValidation,
  call: Call,
): void {
  if (problems.length === 0 || validation === 'Ignore') return;
  if (validation === 'Strict') {
    throw badRequest(
      `${expected.kind} in version "${expected.version}" cannot be handled as a ${expected.kind}: strict decoding error: ${problems.join(', ')}`,
    );
  }
  call.warnings.push(...problems);
}

function checkKind(object: any, expected: ExpectedKind): void {
  const expectedVersion = apiVersionOf(expected);
  object.apiVersion ||= expectedVersion;
  object.kind ||= expected.kind;
  if (object.apiVersion === expectedVersion && object.kind === expected.kind) return;
  const { apiVersion, kind } = object;
  if (kind === expected.kind && expected.alsoVersions?.includes(apiVersion)) return;
  const problem = kindProblem(expected, apiVersion, kind);
  if (!problem)
    throw badRequest(
      `the API version in the data (${apiVersion}) does not match the expected API version (${expectedVersion})`,
    );
  const { version } = splitApiVersion(apiVersion);
  throw badRequest(
    `${kind} in version ${goQuote(version)} cannot be handled as a ${expected.kind}: ${problem}`,
  );
}

/** Why no version of the kind expected can be made of such an object; undefined where one can. */
export function kindProblem(expected: ExpectedKind, apiVersion: string, kind: string): string | undefined {
  const { group, version } = splitApiVersion(apiVersion);
  // Options and Status belong to every group.
  if (!typeOfKind(group, version, kind) && !typeOfKind('meta.k8s.io', 'v1', kind))
    return `no kind ${goQuote(kind)} is registered for version ${goQuote(apiVersion)} in scheme "pkg/api/legacyscheme/scheme.go:30"`;
  if (kind === expected.kind && (group === expected.group || oneKind.has(kind))) return undefined;
  const internal = expected.group.split('.', 1)[0] || 'core';
  return `converting (${version}.${kind}) to (${internal}.${expected.kind}): unknown conversion`;
}

/** Kinds that two groups serve of the same objects. */
const oneKind = new Set(['Event', 'Scale']);
