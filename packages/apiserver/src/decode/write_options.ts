// Query parameters of writes: CreateOptions, UpdateOptions, PatchOptions.
import { type FieldError, invalid, notSupported, tooLong } from '@kubets/api';
import type { Call } from '../call.ts';

export type FieldValidation = 'Ignore' | 'Warn' | 'Strict';

export interface WriteOptions {
  dryRun: boolean;
  fieldManager: string;
  fieldValidation: FieldValidation;
}

const maxManagerLength = 128;
const validations: readonly string[] = ['Ignore', 'Strict', 'Warn'];

/** @throws ApiError 422 as upstream's `CreateOptions.meta.k8s.io "" is invalid`. */
export function writeOptions(
  call: Call,
  kind: 'CreateOptions' | 'UpdateOptions' | 'PatchOptions',
): WriteOptions {
  const { query } = call.request;
  const errors: FieldError[] = [];
  const dryRun = query.size === 0 ? [] : query.getAll('dryRun').filter((value) => value !== '');
  if (dryRun.some((value) => value !== 'All')) errors.push(notSupported('dryRun', dryRun, ['All']));
  const fieldManager = query.get('fieldManager') ?? '';
  if (fieldManager.length > maxManagerLength)
    errors.push(tooLong('fieldManager', fieldManager, maxManagerLength));
  const fieldValidation = query.get('fieldValidation') || 'Warn';
  if (!validations.includes(fieldValidation))
    errors.push(notSupported('fieldValidation', fieldValidation, [...validations]));
  if (errors.length) throw invalid({ group: 'meta.k8s.io', kind }, '', errors);
  return {
    dryRun: dryRun.length > 0,
    fieldManager,
    fieldValidation: fieldValidation as FieldValidation,
  };
}

/** Who is noted as the manager of the fields that a write sets: the option, or the start of the user agent. */
export function managerOf(call: Call, options: WriteOptions): string {
  if (options.fieldManager) return options.fieldManager;
  const agent = call.request.headers['user-agent'];
  const name = agent ? agent.split('/', 1)[0]! : (call.user.username ?? 'unknown');
  return name.slice(0, maxManagerLength);
}
