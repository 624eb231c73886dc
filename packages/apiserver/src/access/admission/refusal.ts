import { type ApiError, forbidden } from '@kubets/api';
import type { AdmissionRequest } from '../../access.ts';

/** 403, about the object as far as it has a name yet. */
export function refusal(request: AdmissionRequest, why: string): ApiError {
  return forbidden(request, request.name || nameOf(request.object), why);
}

// Names are generated after the plugins that change objects.
function nameOf(object: AdmissionRequest['object']): string {
  const { name, generateName } = object?.metadata ?? {};
  return name || generateName || 'Unknown';
}
