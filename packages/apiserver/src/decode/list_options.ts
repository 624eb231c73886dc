// ListOptions of the query of list, watch and deletecollection.
import { badRequest, type FieldError, forbiddenField, invalid, notSupported } from '@kubets/api';

export interface ListOptions {
  labelSelector: string;
  fieldSelector: string;
  resourceVersion: string;
  resourceVersionMatch: string;
  /** 0: no limit. */
  limit: number;
  continueToken: string;
  timeoutSeconds: number | undefined;
  allowWatchBookmarks: boolean;
  sendInitialEvents: boolean | undefined;
}

const everything: ListOptions = Object.freeze({
  labelSelector: '',
  fieldSelector: '',
  resourceVersion: '',
  resourceVersionMatch: '',
  limit: 0,
  continueToken: '',
  timeoutSeconds: undefined,
  allowWatchBookmarks: false,
  sendInitialEvents: undefined,
});

/** @throws ApiError 400 for values that don't parse, 422 for combinations that aren't allowed. */
export function listOptions(query: URLSearchParams, watch: boolean): ListOptions {
  if (query.size === 0) return everything;
  const options: ListOptions = {
    labelSelector: query.get('labelSelector') ?? '',
    fieldSelector: query.get('fieldSelector') ?? '',
    resourceVersion: query.get('resourceVersion') ?? '',
    resourceVersionMatch: query.get('resourceVersionMatch') ?? '',
    limit: wholeNumber(query, 'limit') ?? 0,
    continueToken: query.get('continue') ?? '',
    timeoutSeconds: wholeNumber(query, 'timeoutSeconds'),
    allowWatchBookmarks: flag(query, 'allowWatchBookmarks') ?? false,
    sendInitialEvents: flag(query, 'sendInitialEvents'),
  };
  const errors = watch ? watchProblems(options) : listProblems(options);
  if (errors.length) throw invalid({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', errors);
  return options;
}

function listProblems(options: ListOptions): FieldError[] {
  const errors: FieldError[] = [];
  const { resourceVersionMatch: match, resourceVersion, continueToken } = options;
  const at = 'resourceVersionMatch';
  if (match) {
    if (!resourceVersion)
      errors.push(forbiddenField(at, 'resourceVersionMatch is forbidden unless resourceVersion is provided'));
    if (continueToken)
      errors.push(forbiddenField(at, 'resourceVersionMatch is forbidden when continue is provided'));
    if (match !== 'Exact' && match !== 'NotOlderThan')
      errors.push(notSupported(at, match, ['Exact', 'NotOlderThan', '']));
    if (match === 'Exact' && resourceVersion === '0')
      errors.push(forbiddenField(at, 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'));
  }
  if (options.sendInitialEvents !== undefined)
    errors.push(forbiddenField('sendInitialEvents', 'sendInitialEvents is forbidden for list'));
  return errors;
}

function watchProblems(options: ListOptions): FieldError[] {
  const errors: FieldError[] = [];
  const { resourceVersionMatch: match, continueToken, sendInitialEvents } = options;
  const at = 'resourceVersionMatch';
  if (sendInitialEvents !== undefined && match !== 'NotOlderThan')
    errors.push(
      forbiddenField(at, 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan'),
    );
  if (!match) return errors;
  if (sendInitialEvents === undefined)
    errors.push(
      forbiddenField(at, 'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided'),
    );
  if (match !== 'NotOlderThan') errors.push(notSupported(at, match, ['NotOlderThan']));
  if (continueToken)
    errors.push(forbiddenField(at, 'resourceVersionMatch is forbidden when continue is provided'));
  return errors;
}

function wholeNumber(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (!text) return undefined;
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw badRequest(`strconv.ParseInt: parsing "${text}": invalid syntax`);
  return Math.max(0, value);
}

function flag(query: URLSearchParams, name: string): boolean | undefined {
  const text = query.get(name);
  if (text === null || text === '') return undefined;
  return text !== '0' && text.toLowerCase() !== 'false';
}
