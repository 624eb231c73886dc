import { type FieldError, invalid, invalidValue, notSupported } from '@kubets/api';
import type { Call } from '../call.ts';
import { deleteOptionsOfBody, deleteOptionsOfQuery } from '../decode/delete_body.ts';

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
  const options = deleteOptionsOfBody(call) ?? deleteOptionsOfQuery(call.request.query);
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
