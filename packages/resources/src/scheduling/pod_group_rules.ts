// What groups of pods and the templates of workloads have in common.
import { type FieldError, invalidValue, type PodGroupSchedulingPolicy, required } from '@kubets/api';
import { dns1123Label, dns1123Subdomain } from '../rules/names.ts';

/** Fields of gates that are closed in v1.36 (topology, claims, preemption): kept only where they already were. */
export const unfinished = [
  'schedulingConstraints',
  'resourceClaims',
  'disruptionMode',
  'priorityClassName',
  'priority',
] as const;

type Unfinished = Partial<Record<(typeof unfinished)[number], unknown>>;

export function dropUnfinished(next: Unfinished, old?: Unfinished): void {
  for (const field of unfinished) if (old?.[field] === undefined) delete next[field];
}

export function validatePolicy(policy: PodGroupSchedulingPolicy | undefined, path: string): FieldError[] {
  const { basic, gang } = policy ?? {};
  if (!basic && !gang) return [invalidValue(path, '', 'must specify one of: `basic`, `gang`')];
  const errors =
    basic && gang
      ? [invalidValue(path, '{basic, gang}', 'must specify exactly one of: `basic`, `gang`')]
      : [];
  if (!gang) return errors;
  const count = gang.minCount ?? 0;
  if (count === 0) errors.push(required(`${path}.gang.minCount`));
  else if (count < 1)
    errors.push(invalidValue(`${path}.gang.minCount`, count, 'must be greater than or equal to 1'));
  return errors;
}

export function validateLongName(name: string | undefined, path: string): FieldError[] {
  return validateName(name, dns1123Subdomain, path);
}

export function validateShortName(name: string | undefined, path: string): FieldError[] {
  return validateName(name, dns1123Label, path);
}

function validateName(name: string | undefined, rule: (name: string) => string[], path: string) {
  return name ? rule(name).map((message) => invalidValue(path, name, message)) : [required(path)];
}
