import type { AdmissionRequest } from '../../access.ts';

export interface Concern {
  operations: readonly AdmissionRequest['operation'][];
  /** Default: the core group. */
  group?: string;
  resource: string;
  /** Default: the object as a whole. */
  subresources?: readonly string[];
}

/** The test of a plugin that is about one resource. */
export function concerns(concern: Concern): (request: AdmissionRequest) => boolean {
  const { operations, group = '', resource, subresources = [''] } = concern;
  return (request) =>
    request.resource === resource &&
    request.group === group &&
    operations.includes(request.operation) &&
    subresources.includes(request.subresource);
}
