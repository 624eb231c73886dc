import { clusterNameProblem } from '../cluster/config.ts';
import { type ClusterPaths, clusterPaths } from '../cluster/paths.ts';
import { UserError } from '../main.ts';

export const defaultClusterName = 'kubets';

/** The folders of the cluster that `--name` means. @throws UserError for a name that can't be one. */
export function pathsOfName(name: string | undefined): ClusterPaths {
  const chosen = name ?? defaultClusterName;
  const problem = clusterNameProblem(chosen);
  if (problem) throw new UserError(problem);
  return clusterPaths(chosen);
}

/** A flag that must be a whole number in a range. @throws UserError */
export function wholeNumber(
  flag: string,
  value: string | undefined,
  least: number,
  most: number,
): number | undefined {
  if (value === undefined) return undefined;
  const number = Number(value);
  if (!/^\d+$/.test(value) || number < least || number > most) {
    throw new UserError(`--${flag} takes a whole number from ${least} to ${most}: ${JSON.stringify(value)}`);
  }
  return number;
}
