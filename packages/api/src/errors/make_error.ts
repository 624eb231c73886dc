// One maker for each reason of a Status, with the texts and codes of apimachinery's api/errors.
import { type FieldError, joinFieldErrors } from '../field_error.ts';
import type { StatusCause, StatusDetails } from '../generated/types.ts';
import { goQuote } from '../go_quote.ts';
import { type ApiError, statusError } from './api_error.ts';

export interface GroupResource {
  group: string;
  resource: string;
}

export interface GroupKind {
  group: string;
  kind: string;
}

export function notFound(target: GroupResource, name: string): ApiError {
  return statusError(404, 'NotFound', `${qualified(target)} ${goQuote(name)} not found`, about(target, name));
}

export function alreadyExists(target: GroupResource, name: string): ApiError {
  const message = `${qualified(target)} ${goQuote(name)} already exists`;
  return statusError(409, 'AlreadyExists', message, about(target, name));
}

/** The answer when every name that `generateName` gave was taken. */
export function generateNameConflict(
  target: GroupResource,
  name: string,
  retryAfterSeconds: number,
): ApiError {
  const message = `${qualified(target)} ${goQuote(name)} already exists, the server was not able to generate a unique name for the object`;
  return statusError(409, 'AlreadyExists', message, { ...about(target, name), retryAfterSeconds });
}

export function conflict(target: GroupResource, name: string, message: string): ApiError {
  const text = `Operation cannot be fulfilled on ${qualified(target)} ${goQuote(name)}: ${message}`;
  return statusError(409, 'Conflict', text, about(target, name));
}

/** Server-side apply found fields that other managers own; each is a cause. */
export function applyConflict(causes: StatusCause[], message: string): ApiError {
  return statusError(409, 'Conflict', message, { causes });
}

export function invalid(target: GroupKind, name: string, errors: readonly FieldError[]): ApiError {
  const list = joinFieldErrors(errors);
  const of = target.group ? `${target.kind}.${target.group}` : target.kind;
  return statusError(422, 'Invalid', `${of} ${goQuote(name)} is invalid${list ? `: ${list}` : ''}`, {
    ...about({ group: target.group, resource: target.kind }, name),
    causes: errors.map(({ reason, message, field }) => ({ reason, message, field })),
  });
}

export function badRequest(message: string): ApiError {
  return statusError(400, 'BadRequest', message);
}

export function unauthorized(message = 'not authorized'): ApiError {
  return statusError(401, 'Unauthorized', message);
}

export function forbidden(target: GroupResource, name: string, message: string): ApiError {
  const { group, resource } = target;
  const subject =
    !group && !resource
      ? ''
      : name
        ? `${qualified(target)} ${goQuote(name)} is `
        : `${qualified(target)} is `;
  return statusError(403, 'Forbidden', `${subject}forbidden: ${message}`, about(target, name));
}

export function methodNotSupported(target: GroupResource, verb: string): ApiError {
  const message = `${verb} is not supported on resources of kind ${goQuote(qualified(target))}`;
  return statusError(405, 'MethodNotAllowed', message, about(target, ''));
}

/** `message` is what upstream says of the accepted types: `only the following media types are accepted: ...`. */
export function notAcceptable(message: string): ApiError {
  return statusError(406, 'NotAcceptable', message);
}

export function unsupportedMediaType(message: string): ApiError {
  return statusError(415, 'UnsupportedMediaType', message);
}

/** 410 with reason Expired: the asked-for resource version is compacted. */
export function expired(message: string): ApiError {
  return statusError(410, 'Expired', message);
}

export function gone(message: string): ApiError {
  return statusError(410, 'Gone', message);
}

export function tooManyRequests(message: string, retryAfterSeconds: number): ApiError {
  return statusError(429, 'TooManyRequests', message, { retryAfterSeconds });
}

/** 504: the operation may still complete. */
export function timeoutError(message: string, retryAfterSeconds = 0): ApiError {
  return statusError(504, 'Timeout', `Timeout: ${message}`, seconds(retryAfterSeconds));
}

/** 500 with reason ServerTimeout: the operation did not complete, and may be tried again. */
export function serverTimeout(target: GroupResource, operation: string, retryAfterSeconds = 0): ApiError {
  const message = `The ${operation} operation against ${qualified(target)} could not be completed at this time, please try again.`;
  return statusError(500, 'ServerTimeout', message, {
    ...about(target, operation),
    ...seconds(retryAfterSeconds),
  });
}

export function serviceUnavailable(message: string): ApiError {
  return statusError(503, 'ServiceUnavailable', message);
}

export function internalError(message: string): ApiError {
  return statusError(500, 'InternalError', `Internal error occurred: ${message}`, { causes: [{ message }] });
}

export function requestEntityTooLarge(message: string): ApiError {
  return statusError(413, 'RequestEntityTooLarge', `Request entity too large: ${message}`);
}

function qualified({ group, resource }: GroupResource): string {
  return group ? `${resource}.${group}` : resource;
}

// Empty parts are left out, as Go's omitempty does.
function about({ group, resource }: GroupResource, name: string): StatusDetails {
  return { ...(name && { name }), ...(group && { group }), ...(resource && { kind: resource }) };
}

function seconds(retryAfterSeconds: number): StatusDetails {
  return retryAfterSeconds ? { retryAfterSeconds } : {};
}
