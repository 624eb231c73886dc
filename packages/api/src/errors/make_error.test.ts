import { describe, expect, test } from 'vitest';
import * as fields from '../field_error.ts';
import * as predicates from './api_error.ts';
import * as make from './make_error.ts';

const deployments = { group: 'apps', resource: 'deployments' };
const pods = { group: '', resource: 'pods' };

test.each([
  [make.notFound(deployments, 'web'), 404, 'NotFound', 'deployments.apps "web" not found'],
  [make.alreadyExists(pods, 'web'), 409, 'AlreadyExists', 'pods "web" already exists'],
  [
    make.conflict(pods, 'web', 'try again'),
    409,
    'Conflict',
    'Operation cannot be fulfilled on pods "web": try again',
  ],
  [make.badRequest('no'), 400, 'BadRequest', 'no'],
  [make.unauthorized(), 401, 'Unauthorized', 'not authorized'],
  [make.forbidden(pods, 'web', 'why'), 403, 'Forbidden', 'pods "web" is forbidden: why'],
  [make.forbidden(pods, '', 'why'), 403, 'Forbidden', 'pods is forbidden: why'],
  [make.forbidden({ group: '', resource: '' }, '', 'why'), 403, 'Forbidden', 'forbidden: why'],
  [
    make.methodNotSupported(deployments, 'patch'),
    405,
    'MethodNotAllowed',
    'patch is not supported on resources of kind "deployments.apps"',
  ],
  [make.notAcceptable('x'), 406, 'NotAcceptable', 'x'],
  [make.unsupportedMediaType('x'), 415, 'UnsupportedMediaType', 'x'],
  [make.expired('old'), 410, 'Expired', 'old'],
  [make.gone('away'), 410, 'Gone', 'away'],
  [make.tooManyRequests('slow', 3), 429, 'TooManyRequests', 'slow'],
  [make.timeoutError('late'), 504, 'Timeout', 'Timeout: late'],
  [
    make.serverTimeout(pods, 'list', 2),
    500,
    'ServerTimeout',
    'The list operation against pods could not be completed at this time, please try again.',
  ],
  [make.serviceUnavailable('x'), 503, 'ServiceUnavailable', 'x'],
  [make.internalError('boom'), 500, 'InternalError', 'Internal error occurred: boom'],
  [make.requestEntityTooLarge('big'), 413, 'RequestEntityTooLarge', 'Request entity too large: big'],
])('%s', (error, code, reason, message) => {
  expect(error.status).toMatchObject({
    kind: 'Status',
    apiVersion: 'v1',
    status: 'Failure',
    code,
    reason,
    message,
  });
  expect([error.message, error.code, error.reason]).toEqual([message, code, reason]);
});

test('details leave out what is empty', () => {
  expect(make.notFound(pods, 'web').status.details).toEqual({ name: 'web', kind: 'pods' });
  expect(make.timeoutError('late').status.details).toEqual({});
  expect(make.tooManyRequests('slow', 3).status.details).toEqual({ retryAfterSeconds: 3 });
});

test('an invalid object lists each cause once in its message', () => {
  const required = fields.required('spec.selector');
  const error = make.invalid({ group: 'apps', kind: 'Deployment' }, 'web', [
    required,
    fields.invalidValue('spec.replicas', -1, 'must be greater than or equal to 0'),
    required,
  ]);
  expect(error.message).toBe(
    'Deployment.apps "web" is invalid: [spec.selector: Required value, spec.replicas: Invalid value: -1: must be greater than or equal to 0]',
  );
  expect(error.status.details?.causes).toHaveLength(3);
  expect(error.status.details).toMatchObject({ group: 'apps', kind: 'Deployment', name: 'web' });
});

describe('field errors', () => {
  test.each([
    [fields.required('a', 'because'), 'Required value: because'],
    [fields.invalidValue('a', 'x"y', 'bad'), 'Invalid value: "x\\"y": bad'],
    [fields.invalidValue('a', { b: [1] }, 'bad'), 'Invalid value: {"b":[1]}: bad'],
    [fields.invalidValue('a', undefined, 'bad'), 'Invalid value: null: bad'],
    [fields.notSupported('a', 'x', ['b', 'c']), 'Unsupported value: "x": supported values: "b", "c"'],
    [fields.duplicate('a', 'x'), 'Duplicate value: "x"'],
    [fields.forbiddenField('a', 'no'), 'Forbidden: no'],
    [fields.tooLong('a', 'x', 1), 'Too long: may not be more than 1 byte'],
    [fields.tooLong('a', 'x', 63), 'Too long: may not be more than 63 bytes'],
    [fields.tooLongCharacters('a', 'x', 2), 'Too long: may not be more than 2 characters'],
    [fields.tooShort('a', 'x', 2), 'Too short: must be at least 2 characters'],
    [fields.tooMany('a', 3, 2), 'Too many: 3: must have at most 2 items'],
    [fields.tooMany('a', -1, 1), 'Too many: must have at most 1 item'],
    [fields.tooFew('a', 0, 1), 'Too few: 0: must have at least 1 item'],
    [fields.typeInvalid('a', 5, 'must be a string'), 'Invalid value: 5: must be a string'],
    [fields.notFoundValue('a', 'x'), 'Not found: "x"'],
    [fields.internalFieldError('a', 'oh'), 'Internal error: oh'],
  ])('%j', (error, message) => {
    expect(error.message).toBe(message);
  });
});

test('predicates go by reason', () => {
  expect(predicates.isNotFound(make.notFound(pods, 'x'))).toBe(true);
  expect(predicates.isNotFound(new Error('not found'))).toBe(false);
  expect(predicates.isConflict(make.alreadyExists(pods, 'x'))).toBe(false);
  expect(predicates.isExpired(make.gone('x'))).toBe(true);
  const terminating = predicates.statusError(403, 'Forbidden', 'x', {
    causes: [{ reason: 'NamespaceTerminating' }],
  });
  expect(predicates.hasStatusCause(terminating, 'NamespaceTerminating')).toBe(true);
});
