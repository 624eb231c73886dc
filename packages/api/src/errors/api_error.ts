import type { Status, StatusDetails } from '../generated/types.ts';

/** A failure that the client is told about, as a Kubernetes Status (API conventions, "Response Status Kind"). */
export class ApiError extends Error {
  readonly status: Status & { code: number; reason: string; message: string };

  constructor(status: Status) {
    super(status.message ?? '');
    this.name = 'ApiError';
    this.status = {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      ...status,
      message: status.message ?? '',
      reason: status.reason ?? '',
      code: status.code ?? 500,
    };
    // As Go's omitempty: an error of no known kind has no reason.
    if (!this.status.reason) delete (this.status as Status).reason;
  }

  get code(): number {
    return this.status.code;
  }

  get reason(): string {
    return this.status.reason ?? '';
  }
}

/** Any Status that has no maker of its own, e.g. one that came over the wire in parts. */
export function statusError(
  code: number,
  reason: string,
  message: string,
  details?: StatusDetails,
): ApiError {
  return new ApiError({ status: 'Failure', message, reason, ...(details ? { details } : {}), code });
}

export function isApiError(error: unknown): error is ApiError {
  return error instanceof ApiError;
}

export function isNotFound(error: unknown): error is ApiError {
  return hasReason(error, 'NotFound');
}

export function isAlreadyExists(error: unknown): error is ApiError {
  return hasReason(error, 'AlreadyExists');
}

export function isConflict(error: unknown): error is ApiError {
  return hasReason(error, 'Conflict');
}

/** 410 for a resource version or continue token that is too old; list again. */
export function isExpired(error: unknown): error is ApiError {
  return hasReason(error, 'Expired') || hasReason(error, 'Gone');
}

export function isForbidden(error: unknown): error is ApiError {
  return hasReason(error, 'Forbidden');
}

export function isUnauthorized(error: unknown): error is ApiError {
  return hasReason(error, 'Unauthorized');
}

export function isInvalid(error: unknown): error is ApiError {
  return hasReason(error, 'Invalid');
}

export function isTooManyRequests(error: unknown): error is ApiError {
  return hasReason(error, 'TooManyRequests');
}

/** A namespace that is going away refuses new objects; callers give up instead of trying again. */
export function hasStatusCause(error: unknown, reason: string): boolean {
  return isApiError(error) && (error.status.details?.causes ?? []).some((cause) => cause.reason === reason);
}

function hasReason(error: unknown, reason: string): boolean {
  return error instanceof ApiError && error.status.reason === reason;
}
