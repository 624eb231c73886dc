// ListOptions of the query of list, watch and deletecollection.
import { badRequest, type FieldError, forbiddenField, goQuote, invalid, notSupported } from '@kubets/api';

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
  const read = optionsOf(query);
  const options = watch ? withInitialEvents(read) : read;
  const errors = watch ? watchProblems(options) : listProblems(options);
  if (errors.length) throw invalid({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', errors);
  return options;
}

// A watch from nowhere begins with what there is: as if it had asked for that (KEP-3157).
function withInitialEvents(options: ListOptions): ListOptions {
  const { sendInitialEvents, resourceVersionMatch, resourceVersion } = options;
  if (sendInitialEvents !== undefined || resourceVersionMatch) return options;
  if (resourceVersion && resourceVersion !== '0') return options;
  return { ...options, sendInitialEvents: true, resourceVersionMatch: 'NotOlderThan' };
}

function optionsOf(query: URLSearchParams): ListOptions {
  return {
    labelSelector: query.get('labelSelector') ?? '',
    fieldSelector: query.get('fieldSelector') ?? '',
    resourceVersion: query.get('resourceVersion') ?? '',
    resourceVersionMatch: query.get('resourceVersionMatch') ?? '',
    limit: wholeNumber(query, 'limit') ?? 0,
    continueToken: query.get('continue') ?? '',
    timeoutSeconds: wholeNumber(query, 'timeoutSeconds', true),
    allowWatchBookmarks: flag(query, 'allowWatchBookmarks') ?? false,
    sendInitialEvents: flag(query, 'sendInitialEvents'),
  };
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

// As Go's url.Values to int64: strconv.ParseInt of what is there, even of nothing.
function wholeNumber(query: URLSearchParams, name: string, signed = false): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  if (!/^[+-]?\d+$/.test(text))
    throw badRequest(`strconv.ParseInt: parsing ${goQuote(text)}: invalid syntax`);
  const value = Number(text);
  if (value >= 2 ** 63 || value < -(2 ** 63))
    throw badRequest(`strconv.ParseInt: parsing ${goQuote(text)}: value out of range`);
  return signed ? value : Math.max(0, value);
}

// Present means true, unless it says no.
function flag(query: URLSearchParams, name: string): boolean | undefined {
  const text = query.get(name);
  return text === null ? undefined : text !== '0' && text.toLowerCase() !== 'false';
}
