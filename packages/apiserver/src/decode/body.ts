// Bodies: bytes of some content type to the object of the version that the path names.
import {
  badRequest,
  decodeJson,
  decodeUnknown,
  decodeUtf8,
  findDuplicateFields,
  parseYaml,
  pruneUnknownFields,
  unsupportedMediaType,
} from '@kubets/api';
import type { Call } from '../call.ts';
import { copyJson } from './copy_json.ts';
import type { FieldValidation } from './write_options.ts';

export interface ExpectedKind {
  group: string;
  version: string;
  kind: string;
  /** Type table; undefined for kinds whose fields aren't checked here. */
  type: string | undefined;
}

const accepted = 'application/json, application/yaml, application/vnd.kubernetes.protobuf';

/**
 * The object in the body, private to the caller, of the kind expected. Fields that the type doesn't have are
 * dropped; with Strict they are an error, with Warn a warning.
 * @throws ApiError 400, 415
 */
export function decodeBody(call: Call, expected: ExpectedKind, validation: FieldValidation): any {
  const { body } = call.request;
  if (body === undefined || (body instanceof Uint8Array && body.length === 0)) return decodeNothing(expected);
  if (!(body instanceof Uint8Array))
    // Given away, but what it holds may be shared with a cache.
    return copyJson(accept({ ...body }, expected, [], 'Ignore', call));
  const mediaType = mediaTypeOf(call.request.headers['content-type']);
  switch (mediaType) {
    case '':
    case 'application/json': {
      const object = decodeJson(body);
      const duplicates = validation === 'Ignore' ? [] : findDuplicateFields(body);
      return accept(object, expected, duplicates, validation, call);
    }
    case 'application/yaml': {
      return accept(parseYaml(decodeUtf8(body)), expected, [], validation, call);
    }
    case 'application/vnd.kubernetes.protobuf':
      return accept(decodeUnknown(body), expected, [], 'Ignore', call);
    default:
      throw unsupportedMediaType(
        `the body of the request was in an unknown format - accepted media types include: ${accepted}`,
      );
  }
}

/** `application/json; charset=utf-8` -> `application/json` */
export function mediaTypeOf(contentType: string | undefined): string {
  if (!contentType) return '';
  const end = contentType.indexOf(';');
  return (end < 0 ? contentType : contentType.slice(0, end)).trim().toLowerCase();
}

function accept(
  object: any,
  expected: ExpectedKind,
  duplicates: readonly string[],
  validation: FieldValidation,
  call: Call,
): any {
  if (typeof object !== 'object' || object === null || Array.isArray(object))
    throw badRequest(
      `couldn't get version/kind; json parse error: json: cannot unmarshal into Go value of type struct { APIVersion string; Kind string }`,
    );
  checkKind(object, expected);
  object.metadata ??= {};
  if (!expected.type) return object;
  const pruned = pruneUnknownFields(object, expected.type);
  reportStrictness(expected, [...duplicates, ...pruned.unknown], validation, call);
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
  const expectedVersion = expected.group ? `${expected.group}/${expected.version}` : expected.version;
  object.apiVersion ||= expectedVersion;
  object.kind ||= expected.kind;
  if (object.apiVersion !== expectedVersion)
    throw badRequest(
      `the API version in the data (${object.apiVersion}) does not match the expected API version (${expectedVersion})`,
    );
  if (object.kind !== expected.kind)
    throw badRequest(
      `${object.kind} in version "${expected.version}" cannot be handled as a ${expected.kind}: the kind in the data does not match the kind of the resource`,
    );
}

function decodeNothing(expected: ExpectedKind): never {
  throw badRequest(
    `${expected.kind} in version "${expected.version}" cannot be handled as a ${expected.kind}: unexpected end of JSON input`,
  );
}
