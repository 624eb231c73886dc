// Coordinated leader election (KEP-4355): who could take a lease, and at which version.
import { type FieldError, invalidValue, type LeaseCandidate, notSupported, required } from '@kubets/api';
import { define, kindsOf } from '../define.ts';
import { immutableText } from '../rules/labels.ts';
import { configMapKey, qualifiedName } from '../rules/names.ts';
import { sameShape } from '../same_shape.ts';
import { columnsOf, textColumn } from '../table/columns.ts';

const group = 'coordination.k8s.io';

export const leaseCandidate = define<LeaseCandidate>({
  id: kindsOf(group, 'v1beta1')('leasecandidates', 'LeaseCandidate'),
  scope: 'Namespaced',
  otherVersions: [
    { ...sameShape<LeaseCandidate>(group, 'v1beta1', 'v1alpha2', 'LeaseCandidate'), selectableFields: {} },
  ],
  allowCreateOnUpdate: true,
  allowUnconditionalUpdate: false,
  selectableFields: { 'spec.leaseName': ({ spec }) => spec?.leaseName ?? '' },
  columns: columnsOf<LeaseCandidate>(
    textColumn('LeaseName', 'The lease that it may take.', ({ spec }) => spec?.leaseName),
    textColumn('BinaryVersion', 'The version of the program.', ({ spec }) => spec?.binaryVersion),
    textColumn('EmulationVersion', 'The version that it acts as.', ({ spec }) => spec?.emulationVersion),
  ),
  validateName: (name) => configMapKey(name),
  validate: validateCandidate,
  validateUpdate: (next, old) =>
    next.spec?.leaseName === old.spec?.leaseName
      ? []
      : [invalidValue('spec.leaseName', next.spec?.leaseName ?? '', immutableText)],
});

function validateCandidate({ spec }: LeaseCandidate): FieldError[] {
  const { leaseName, emulationVersion, binaryVersion, strategy } = spec ?? {};
  const errors: FieldError[] = [];
  if (!leaseName) errors.push(required('spec.leaseName'));
  const emulated = emulationVersion ? semanticVersion(emulationVersion) : undefined;
  if (emulationVersion && !emulated)
    errors.push(invalidValue('spec.emulationVersion', emulationVersion, 'must be a valid semantic version'));
  const binary = binaryVersion ? semanticVersion(binaryVersion) : undefined;
  if (!binaryVersion) errors.push(required('spec.binaryVersion'));
  else if (!binary)
    errors.push(invalidValue('spec.binaryVersion', binaryVersion, 'must be a valid semantic version'));
  // A version that can't be read counts as 0.0.0.
  if (binaryVersion && emulationVersion && isLess(binary ?? zero, emulated ?? zero))
    errors.push(
      invalidValue(
        'spec.binaryVersion',
        binaryVersion,
        'must be greater than or equal to `emulationVersion`',
      ),
    );
  if (!strategy) return [...errors, required('spec.strategy')];
  if (strategy === oldest && !isLess(zero, emulated ?? zero))
    errors.push(
      required('spec.emulationVersion', "must be specified when `strategy` is 'OldestEmulationVersion'"),
    );
  return [...errors, ...validateStrategy(strategy)];
}

const oldest = 'OldestEmulationVersion';

function validateStrategy(strategy: string): FieldError[] {
  // Upstream names the field twice.
  const path = 'spec.strategy.strategy';
  if (!strategy.includes('/')) return strategy === oldest ? [] : [notSupported(path, strategy, [oldest])];
  return qualifiedName(strategy).map((message) => invalidValue(path, strategy, message));
}

type Version = readonly [numbers: readonly number[], prerelease: string];
const zero: Version = [[0, 0, 0], ''];
const number = '(0|[1-9]\\d*)';
const pattern = new RegExp(
  `^${number}\\.${number}\\.${number}(?:-((?:0|[1-9]\\d*|\\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\\.(?:0|[1-9]\\d*|\\d*[a-zA-Z-][0-9a-zA-Z-]*))*))?(?:\\+[0-9a-zA-Z-]+(?:\\.[0-9a-zA-Z-]+)*)?$`,
);

function semanticVersion(text: string): Version | undefined {
  const match = pattern.exec(text);
  return match ? [match.slice(1, 4).map(Number), match[4] ?? ''] : undefined;
}

/** By precedence (semver.org, 11): a prerelease comes before its release. */
function isLess([a, before]: Version, [b, after]: Version): boolean {
  for (let i = 0; i < 3; i++) if (a[i] !== b[i]) return a[i]! < b[i]!;
  if (before === '' || after === '') return before !== '' && after === '';
  const [left, right] = [before.split('.'), after.split('.')];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const [x, y] = [left[i]!, right[i]!];
    if (x === y) continue;
    const numeric = [x, y].map((part) => /^\d+$/.test(part));
    if (numeric[0] && numeric[1]) return Number(x) < Number(y);
    return numeric[0] === numeric[1] ? x < y : numeric[0]!;
  }
  return left.length < right.length;
}
