// DeleteOptions as a body or as a query.
import {
  badRequest,
  decodeUnknown,
  decodeUtf8,
  goQuote,
  parseYaml,
  pruneUnknownFields,
  unsupportedMediaType,
} from '@kubets/api';
import type { Call } from '../call.ts';
import { mediaTypeOf } from './media_type.ts';
import { readJson, typeMetaOf } from './read_json.ts';

/** The options in the body; undefined where there is no body, and the query counts. @throws ApiError 400, 415 */
export function deleteOptionsOfBody({ request: { body, headers } }: Call): any {
  if (body === undefined) return undefined;
  if (!(body instanceof Uint8Array)) return checked(body);
  if (body.length === 0) return undefined;
  switch (mediaTypeOf(headers['content-type'])) {
    case '':
    case 'application/json':
      return checked(readJson(body, 'texts').value);
    case 'application/yaml':
      return checked(parseYaml(decodeUtf8(body)));
    case 'application/vnd.kubernetes.protobuf':
      return checked(decodeUnknown(body));
    default:
      throw unsupportedMediaType(
        'the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf',
      );
  }
}

function checked(given: any): any {
  const options = given ?? {};
  const { apiVersion, kind } = typeMetaOf(options);
  if (apiVersion.split('/').length > 2) throw badRequest(`unexpected GroupVersion string: ${apiVersion}`);
  // Options are of every group and version.
  if (kind && kind !== 'DeleteOptions')
    throw badRequest(
      `no kind ${goQuote(kind)} is registered for version ${goQuote(apiVersion || 'meta.k8s.io/v1')} in scheme "pkg/apis/meta/internalversion/scheme/register.go:27"`,
    );
  return pruneUnknownFields(options, 'meta.v1.DeleteOptions').object;
}

export function deleteOptionsOfQuery(query: URLSearchParams): any {
  const options: Record<string, unknown> = {};
  if (query.size === 0) return options;
  const dryRun = query.getAll('dryRun');
  if (dryRun.length) options['dryRun'] = dryRun;
  const grace = query.get('gracePeriodSeconds');
  if (grace !== null) options['gracePeriodSeconds'] = int64(grace);
  const orphan = query.get('orphanDependents');
  if (orphan !== null) options['orphanDependents'] = orphan !== '0' && orphan.toLowerCase() !== 'false';
  const policy = query.get('propagationPolicy');
  if (policy !== null) options['propagationPolicy'] = policy;
  const uid = query.get('uid');
  const resourceVersion = query.get('resourceVersion');
  if (uid !== null || resourceVersion !== null)
    options['preconditions'] = {
      ...(uid !== null && { uid }),
      ...(resourceVersion !== null && { resourceVersion }),
    };
  return options;
}

/** As Go's strconv.ParseInt. @throws ApiError 400 */
export function int64(text: string): number {
  const refuse = (why: string) => badRequest(`strconv.ParseInt: parsing ${goQuote(text)}: ${why}`);
  if (!/^[+-]?\d+$/.test(text)) throw refuse('invalid syntax');
  const value = Number(text);
  if (value > 2 ** 63 || value < -(2 ** 63) || BigInt(text.replace('+', '')) >= 2n ** 63n)
    throw refuse('value out of range');
  return value;
}
