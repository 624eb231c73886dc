import { describe, expect, test } from 'vitest';
import { create, created, row, stored, strategyContext, update } from '../testing.ts';
import { certificateSigningRequest as csr } from './certificate_signing_request.ts';

const pem = (type: string) => btoa(`-----BEGIN ${type}-----\nMIIB\n-----END ${type}-----\n`);
const given = (spec: object = {}) => ({
  spec: {
    request: pem('CERTIFICATE REQUEST'),
    signerName: 'kubernetes.io/kube-apiserver-client',
    usages: ['client auth'],
    ...spec,
  },
});
const refusal = (spec: object) => create(csr, given(spec)).errors.join('\n');
const condition = (type: string, status = 'True') => ({ type, status, reason: 'Because', message: '' });

test('keeps who asked, not who it says asked', () => {
  const context = strategyContext({ username: 'jane', groups: ['shop'], extra: { a: ['b'] } });
  const { object } = create(csr, given({ username: 'admin', uid: '1', groups: ['system:masters'] }), context);
  expect(object.spec).toMatchObject({ username: 'jane', groups: ['shop'], extra: { a: ['b'] } });
  expect(object.spec.uid).toBeUndefined();
});

test('are refused', () => {
  expect(refusal({ request: pem('CERTIFICATE') })).toMatchInlineSnapshot(
    `"spec.request: Invalid value: "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUIKLS0tLS1FTkQgQ0VSVElGSUNBVEUtLS0tLQo=": PEM block type must be CERTIFICATE REQUEST"`,
  );
  expect(refusal({ usages: [] })).toMatchInlineSnapshot(`"spec.usages: Required value"`);
  expect(refusal({ usages: ['client auth', 'client auth'] })).toMatchInlineSnapshot(
    `"spec.usages[1]: Duplicate value: "client auth""`,
  );
  expect(refusal({ usages: ['fun'] })).toMatchInlineSnapshot(
    `"spec.usages[0]: Unsupported value: "fun": supported values: "any", "cert sign", "client auth", "code signing", "content commitment", "crl sign", "data encipherment", "decipher only", "digital signature", "email protection", "encipher only", "ipsec end system", "ipsec tunnel", "ipsec user", "key agreement", "key encipherment", "microsoft sgc", "netscape sgc", "ocsp signing", "s/mime", "server auth", "signing", "timestamping""`,
  );
  expect(refusal({ signerName: '' })).toMatchInlineSnapshot(`"spec.signerName: Required value"`);
  expect(refusal({ signerName: 'mine' })).toMatchInlineSnapshot(
    `"spec.signerName: Invalid value: "mine": must be a fully qualified domain and path of the form 'example.com/signer-name'"`,
  );
  expect(refusal({ signerName: 'example/signer' })).toMatchInlineSnapshot(
    `"spec.signerName: Invalid value: "example": should be a domain with at least two segments separated by dots"`,
  );
  expect(refusal({ signerName: 'example.com/Signer' })).toMatchInlineSnapshot(
    `"spec.signerName: Invalid value: "Signer": validating label "Signer": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"`,
  );
  expect(refusal({ signerName: 'kubernetes.io/legacy-unknown' })).toMatchInlineSnapshot(
    `"spec.signerName: Invalid value: "kubernetes.io/legacy-unknown": the legacy signerName is not allowed via this API version"`,
  );
  expect(refusal({ expirationSeconds: 599 })).toMatchInlineSnapshot(
    `"spec.expirationSeconds: Invalid value: 599: may not specify a duration less than 600 seconds (10 minutes)"`,
  );
});

describe('decisions', () => {
  const old = stored(csr, given());
  const decide = (...conditions: object[]) =>
    update(csr, old, (next) => (next.status = { conditions }), 'approval');

  test('are made through /approval, with the time', () => {
    const { object, errors } = decide(condition('Approved'));
    expect(errors).toEqual([]);
    expect(object.status.conditions).toEqual([
      { ...condition('Approved'), lastUpdateTime: created, lastTransitionTime: created },
    ]);
  });

  test('do not contradict', () => {
    expect(decide(condition('Approved'), condition('Denied')).errors.join('\n')).toMatchInlineSnapshot(
      `"status.conditions: Invalid value: "Denied": Approved and Denied conditions are mutually exclusive"`,
    );
    expect(decide(condition('Approved', 'False')).errors.join('\n')).toMatchInlineSnapshot(
      `"status.conditions[0].status: Unsupported value: "False": supported values: "True""`,
    );
    expect(decide({ type: '', status: 'True' }).errors.join('\n')).toMatchInlineSnapshot(
      `"status.conditions[0].type: Required value"`,
    );
  });

  test('do not bring the certificate', () => {
    const write = (next: any) => (next.status = { certificate: pem('CERTIFICATE') });
    expect(update(csr, old, write, 'approval').object.status.certificate).toBeUndefined();
  });

  test('are not for the signer', () => {
    const write = (next: any) => (next.status = { conditions: [condition('Approved')] });
    expect(update(csr, old, write, 'status').errors.join('\n')).toMatchInlineSnapshot(
      `"status.conditions: Forbidden: updates may not add a condition of type "Approved""`,
    );
    const approved = decide(condition('Approved')).object;
    expect(
      update(csr, approved, (next) => (next.status = {}), 'status').errors.join('\n'),
    ).toMatchInlineSnapshot(
      `"status.conditions: Forbidden: updates may not remove a condition of type "Approved""`,
    );
  });

  test('stay as they were when the signer repeats them loosely', () => {
    const approved = decide(condition('Approved')).object;
    const { object, errors } = update(
      csr,
      approved,
      (next) => {
        next.status.conditions[0].message = 'changed';
        next.status.certificate = pem('CERTIFICATE');
      },
      'status',
    );
    expect(errors).toEqual([]);
    expect(object.status.conditions).toEqual(approved.status.conditions);
  });
});

test('certificates are set once, and are certificates', () => {
  const old = stored(csr, given());
  const set = (object: any, certificate: string) =>
    update(csr, object, (next) => (next.status = { certificate }), 'status');
  const issued = set(old, pem('CERTIFICATE'));
  expect(issued.errors).toEqual([]);
  expect(set(issued.object, btoa(`${atob(pem('CERTIFICATE'))}\n`)).errors.join('\n')).toMatchInlineSnapshot(
    `"status.certificate: Forbidden: updates may not modify existing certificate content"`,
  );
  expect(set(old, pem('PRIVATE KEY')).errors.join('\n')).toMatchInlineSnapshot(
    `"status.certificate: Invalid value: "<certificate data>": only CERTIFICATE PEM blocks are allowed, found "PRIVATE KEY""`,
  );
  expect(set(old, btoa('nothing')).errors.join('\n')).toMatchInlineSnapshot(
    `"status.certificate: Invalid value: "<certificate data>": must contain at least one CERTIFICATE PEM block"`,
  );
});

test('nothing else changes', () => {
  const old = stored(csr, given());
  const { object } = update(csr, old, (next) => {
    next.spec.signerName = 'example.com/other';
    next.status = { certificate: 'YQ==' };
    next.metadata.labels = { a: 'b' };
  });
  expect(object).toMatchObject({ spec: old.spec, status: old.status, metadata: { labels: { a: 'b' } } });
});

test.each([
  [[], undefined, 'Pending'],
  [['Approved'], undefined, 'Approved'],
  [['Approved'], 'YQ==', 'Approved,Issued'],
  [['Denied'], undefined, 'Denied'],
  [['Approved', 'Failed'], undefined, 'Approved,Failed'],
])('%j with certificate %s is shown as %s', (types, certificate, text) => {
  const { object } = create(csr, given({ expirationSeconds: 3600 }), strategyContext({ username: 'jane' }));
  object.status = { conditions: types.map((type) => condition(type)), certificate };
  expect(row(csr, object)).toMatchObject({
    SignerName: 'kubernetes.io/kube-apiserver-client',
    Requestor: 'jane',
    RequestedDuration: '60m',
    Condition: text,
  });
  expect(csr.selectableFields!['spec.signerName']!(object)).toBe('kubernetes.io/kube-apiserver-client');
});
