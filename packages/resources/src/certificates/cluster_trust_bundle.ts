// Roots that workloads trust, for a signer or for a name (KEP-3257).
import {
  type CertificatesV1beta1ClusterTrustBundle as ClusterTrustBundle,
  decodeBase64,
  type FieldError,
  invalidValue,
  tooLong,
} from '@kubets/api';
import { define, kindsOf } from '../define.ts';
import { byteLength, immutableText } from '../rules/labels.ts';
import { nameIsSubdomain } from '../rules/names.ts';
import { sameShape } from '../same_shape.ts';
import { nameColumn, textColumn } from '../table/columns.ts';
import { parseCertificate } from './certificate.ts';
import { pemBlocksIn, type TextPemBlock } from './pem.ts';
import { validateSignerName } from './signer_name.ts';

const group = 'certificates.k8s.io';
const maxBytes = 1024 * 1024;

export const clusterTrustBundle = define<ClusterTrustBundle>({
  id: kindsOf(group, 'v1beta1')('clustertrustbundles', 'ClusterTrustBundle'),
  featureGate: 'ClusterTrustBundle',
  scope: 'Cluster',
  otherVersions: [sameShape(group, 'v1beta1', 'v1alpha1', 'ClusterTrustBundle')],
  allowUnconditionalUpdate: false,
  selectableFields: { 'spec.signerName': ({ spec }) => spec.signerName ?? '' },
  columns: [
    nameColumn,
    textColumn<ClusterTrustBundle>(
      'SignerName',
      'The signer whose roots they are.',
      ({ spec }) => spec.signerName || '<none>',
    ),
  ],
  // The rule needs the signer too: see validateNames.
  validateName: () => [],
  validate({ metadata, spec }, old) {
    const { signerName, trustBundle = '' } = spec;
    return [
      ...validateNames(metadata, signerName ?? ''),
      ...(signerName ? validateSignerName(signerName, 'spec.signerName') : []),
      // What was accepted once stays so, whatever the parser of today says.
      ...(trustBundle === old?.spec.trustBundle ? [] : validateBundle(trustBundle, 'spec.trustBundle')),
    ];
  },
  validateUpdate: ({ spec }, old) =>
    (spec.signerName ?? '') === (old.spec.signerName ?? '')
      ? []
      : [invalidValue('spec.signerName', spec.signerName ?? '', immutableText)],
});

function validateNames({ name, generateName }: ClusterTrustBundle['metadata'], signer: string): FieldError[] {
  const rule = (value: string, prefix: boolean): string[] => {
    if (!signer)
      return value.includes(':')
        ? ['ClusterTrustBundle without signer name must not have ":" in its name']
        : nameIsSubdomain(value, prefix);
    const required = `${signer.replaceAll('/', ':')}:`;
    return value.startsWith(required)
      ? nameIsSubdomain(value.slice(required.length), prefix)
      : [`ClusterTrustBundle for signerName ${signer} must be named with prefix ${required}`];
  };
  const errors: FieldError[] = [];
  if (generateName)
    for (const message of rule(generateName, true))
      errors.push(invalidValue('metadata.generateName', generateName, message));
  if (name)
    for (const message of rule(name, false)) errors.push(invalidValue('metadata.name', name, message));
  return errors;
}

function validateBundle(bundle: string, path: string): FieldError[] {
  if (byteLength(bundle) > maxBytes) return [tooLong(path, undefined, maxBytes)];
  const blocks = pemBlocksIn(bundle).map((block, i) => ({ ...block, problem: problemOf(block, i) }));
  const problems = blocks.flatMap(({ problem }) => problem ?? []);
  const wrong = (message: string) => invalidValue(path, '<value omitted>', message);
  // Where a block is malformed, that anchors are missing or twice there says nothing new.
  if (problems.length) return problems.map(wrong);
  if (blocks.length === 0) return [wrong('at least one trust anchor must be provided')];
  const indices = new Map<string, number[]>();
  for (const [i, { base64 }] of blocks.entries()) indices.set(base64, [...(indices.get(base64) ?? []), i]);
  return [...indices.values()]
    .filter((each) => each.length > 1)
    .map((each) => wrong(`duplicate trust anchor (indices [${each.join(' ')}])`));
}

function problemOf({ type, headers, base64 }: TextPemBlock, i: number): string | undefined {
  if (type !== 'CERTIFICATE') return `entry ${i} has bad block type: ${type}`;
  if (headers) return `entry ${i} has PEM block headers`;
  const certificate = parseCertificate(decodeBase64(base64) ?? new Uint8Array());
  if (!certificate) return `entry ${i} does not parse as X.509`;
  return certificate.isCa ? undefined : `entry ${i} does not have the CA bit set`;
}
