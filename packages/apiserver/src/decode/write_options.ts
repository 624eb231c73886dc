// Query parameters of writes: CreateOptions, UpdateOptions, PatchOptions.
import { type FieldError, invalid, invalidValue, notSupported, tooLong } from '@kubets/api';
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
  const dryRun = query.size === 0 ? [] : query.getAll('dryRun');
  const fieldManager = query.get('fieldManager') ?? '';
  errors.push(...managerProblems(fieldManager));
  if (dryRun.some((value) => value !== 'All')) errors.push(notSupported('dryRun', dryRun, ['All']));
  const fieldValidation = query.get('fieldValidation') || 'Warn';
  if (!validations.includes(fieldValidation))
    errors.push(notSupported('fieldValidation', fieldValidation, ['', ...validations]));
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
  const { headers, remoteAddress } = call.request;
  // A component in this process is who it is.
  const agent = headers['user-agent'] ?? (remoteAddress ? '' : (call.user.username ?? ''));
  const name = agent.split('/', 1)[0]!;
  if (isShortAscii.test(name)) return name;
  let manager = '';
  let length = 0;
  for (const rune of utf8Text(name)) {
    if (!printable.test(rune)) continue;
    length += utf8Length(rune);
    if (length > maxManagerLength) break;
    manager += rune;
  }
  return manager;
}

const isShortAscii = /^[ -~]{0,128}$/;
/** As Go's unicode.IsPrint. */
const printable = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;

function managerProblems(fieldManager: string): FieldError[] {
  if (isShortAscii.test(fieldManager)) return [];
  const errors: FieldError[] = [];
  if (utf8Length(fieldManager) > maxManagerLength) errors.push(tooLong('fieldManager', '', maxManagerLength));
  let at = 0;
  for (const rune of fieldManager) {
    if (!printable.test(rune)) {
      const code = rune.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
      errors.push(
        invalidValue('fieldManager', fieldManager, `invalid character U+${code} (at position ${at})`),
      );
    }
    at += utf8Length(rune);
  }
  return errors;
}

// HTTP hands headers over as one character a byte.
function utf8Text(header: string): string {
  return new TextDecoder().decode(Uint8Array.from(header, (char) => char.charCodeAt(0)));
}

function utf8Length(text: string): number {
  return new TextEncoder().encode(text).length;
}
