// Which level of the Pod Security Standards a namespace asks for, as its labels say (KEP-2579).
import { type FieldError, invalidValue } from '@kubets/api';

export type Level = 'privileged' | 'baseline' | 'restricted';

export interface LevelVersion {
  level: Level;
  /** The minor of `v1.x`. */
  version: number | 'latest';
}

export interface PodSecurityPolicy {
  enforce: LevelVersion;
  audit: LevelVersion;
  warn: LevelVersion;
}

const prefix = 'pod-security.kubernetes.io/';
/** From the one that forbids nothing to the strictest. */
const levels: readonly Level[] = ['privileged', 'baseline', 'restricted'];
const privileged: LevelVersion = { level: 'privileged', version: 'latest' };
const anything: PodSecurityPolicy = { enforce: privileged, audit: privileged, warn: privileged };
const nothingWrong: readonly FieldError[] = [];

export interface PolicyOfLabels {
  policy: PodSecurityPolicy;
  errors: readonly FieldError[];
}

/** What cannot be read enforces the strictest, and audits and warns of nothing. */
export function policyOfLabels(labels: Readonly<Record<string, string>> | undefined): PolicyOfLabels {
  if (!labels || !hasPolicy(labels)) return { policy: anything, errors: nothingWrong };
  const errors: FieldError[] = [];
  const read = <T>(
    name: string,
    fallback: T,
    otherwise: T,
    parse: (text: string) => T | undefined,
    why: string,
  ) => {
    const text = labels[prefix + name];
    if (text === undefined) return { value: fallback, good: false };
    const value = parse(text);
    if (value !== undefined) return { value, good: true };
    errors.push(invalidValue(`metadata.labels[${prefix}${name}]`, text, why));
    return { value: otherwise, good: false };
  };
  const ofMode = (mode: keyof PodSecurityPolicy, unreadable: Level) => {
    const level = read<Level>(
      mode,
      'privileged',
      unreadable,
      parseLevel,
      `must be one of ${levels.join(', ')}`,
    );
    const version = read<LevelVersion['version']>(
      `${mode}-version`,
      'latest',
      'latest',
      parseVersion,
      'must be "latest" or "v1.x"',
    );
    return { level: level.value, version: version.value, good: level.good };
  };
  const { good, ...enforce } = ofMode('enforce', 'restricted');
  const { good: _audit, ...audit } = ofMode('audit', 'privileged');
  const { good: _warn, ...warn } = ofMode('warn', 'privileged');
  // Users are warned of what is enforced, also where it only shows later: in the templates of workloads.
  if (good && labels[`${prefix}warn`] === undefined && compareLevels(enforce.level, warn.level) > 0) {
    warn.level = enforce.level;
    if (labels[`${prefix}warn-version`] === undefined) warn.version = enforce.version;
  }
  return { policy: { enforce, audit, warn }, errors };
}

function hasPolicy(labels: Readonly<Record<string, string>>): boolean {
  for (const key in labels) if (key.startsWith(prefix)) return true;
  return false;
}

export function isFullyPrivileged({ enforce, audit, warn }: PodSecurityPolicy): boolean {
  return enforce.level === 'privileged' && audit.level === 'privileged' && warn.level === 'privileged';
}

export function compareLevels(a: Level, b: Level): number {
  return levels.indexOf(a) - levels.indexOf(b);
}

export function isSameLevelVersion(a: LevelVersion, b: LevelVersion): boolean {
  return a.level === b.level && a.version === b.version;
}

/** `baseline:v1.30` */
export function formatLevelVersion({ level, version }: LevelVersion): string {
  return `${level}:${version === 'latest' ? version : `v1.${version}`}`;
}

function parseLevel(text: string): Level | undefined {
  return levels.find((level) => level === text);
}

function parseVersion(text: string): LevelVersion['version'] | undefined {
  if (text === 'latest') return text;
  const minor = /^v1\.(\d|[1-9]\d*)$/.exec(text)?.[1];
  // What is no int in Go is no version.
  return minor !== undefined && BigInt(minor) < 1n << 63n ? Number(minor) : undefined;
}
