import {
  badRequest,
  decodeJson,
  decodeUnknown,
  decodeUtf8,
  type FieldError,
  invalid,
  invalidValue,
  notSupported,
  parseYaml,
  unsupportedMediaType,
} from '@kubets/api';
import type { Call } from '../call.ts';
import { mediaTypeOf } from '../decode/body.ts';

export interface DeleteRequest {
  dryRun: boolean;
  gracePeriodSeconds: number | undefined;
  propagation: 'Foreground' | 'Background' | 'Orphan' | undefined;
  /** The deprecated form of `propagation`, kept because it changes the code of the answer. */
  orphanDependents: boolean | undefined;
  uid: string | undefined;
  resourceVersion: string | undefined;
  /** As given, for admission. */
  options: object;
}

const policies: readonly string[] = ['Foreground', 'Background', 'Orphan'];

/** DeleteOptions of the body, or of the query where there is no body. @throws ApiError 400, 415, 422 */
export function deleteRequest(call: Call): DeleteRequest {
  const options = optionsOfBody(call) ?? optionsOfQuery(call.request.query);
  const { dryRun = [], gracePeriodSeconds, orphanDependents, propagationPolicy, preconditions } = options;
  const errors: FieldError[] = [];
  if (orphanDependents !== undefined && propagationPolicy !== undefined)
    errors.push(
      invalidValue(
        'propagationPolicy',
        propagationPolicy,
        'orphanDependents and deletionPropagation cannot be both set',
      ),
    );
  if (propagationPolicy !== undefined && !policies.includes(propagationPolicy))
    errors.push(notSupported('propagationPolicy', propagationPolicy, [...policies, 'nil']));
  if (dryRun.some((value: string) => value !== 'All')) errors.push(notSupported('dryRun', dryRun, ['All']));
  if (errors.length) throw invalid({ group: 'meta.k8s.io', kind: 'DeleteOptions' }, '', errors);
  return {
    dryRun: dryRun.length > 0,
    // Negative values mean one second (apiserver rest.BeforeDelete).
    gracePeriodSeconds: gracePeriodSeconds < 0 ? 1 : gracePeriodSeconds,
    propagation: propagationPolicy,
    orphanDependents,
    uid: preconditions?.uid,
    resourceVersion: preconditions?.resourceVersion,
    options: { kind: 'DeleteOptions', apiVersion: 'meta.k8s.io/v1', ...options },
  };
}

function optionsOfBody(call: Call): any {
  const { body, headers } = call.request;
  if (body === undefined) return undefined;
  if (!(body instanceof Uint8Array)) return checked(body);
  if (body.length === 0) return undefined;
  switch (mediaTypeOf(headers['content-type'])) {
    case '':
    case 'application/json':
      return checked(decodeJson(body));
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

function checked(options: any): any {
  if (typeof options !== 'object' || options === null) throw badRequest('DeleteOptions must be an object');
  if (options.kind !== undefined && options.kind !== 'DeleteOptions')
    throw badRequest('decoded object cannot be converted to DeleteOptions');
  const { gracePeriodSeconds, dryRun, preconditions } = options;
  if (gracePeriodSeconds != null && !Number.isSafeInteger(gracePeriodSeconds))
    throw badRequest('gracePeriodSeconds must be a whole number');
  if (dryRun != null && !Array.isArray(dryRun)) throw badRequest('dryRun must be a list');
  const set: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(options)) if (value !== null) set[key] = value;
  if (preconditions && typeof preconditions !== 'object') throw badRequest('preconditions must be an object');
  return set;
}

function optionsOfQuery(query: URLSearchParams): any {
  const options: Record<string, unknown> = {};
  if (query.size === 0) return options;
  const dryRun = query.getAll('dryRun').filter((value) => value !== '');
  if (dryRun.length) options['dryRun'] = dryRun;
  const grace = query.get('gracePeriodSeconds');
  if (grace) {
    if (!/^-?\d{1,15}$/.test(grace)) throw badRequest(`invalid gracePeriodSeconds "${grace}"`);
    options['gracePeriodSeconds'] = Number(grace);
  }
  const orphan = query.get('orphanDependents');
  if (orphan) options['orphanDependents'] = orphan === 'true' || orphan === '1';
  const policy = query.get('propagationPolicy');
  if (policy) options['propagationPolicy'] = policy;
  return options;
}
