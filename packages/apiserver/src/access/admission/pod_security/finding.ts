// What a check of the Pod Security Standards looks at, what it says, and the words that all of them share.
import type { Container, ObjectMeta, PodSecurityContext, PodSpec, SecurityContext } from '@kubets/api';

export interface CheckedPod {
  metadata: Pick<ObjectMeta, 'annotations'> | undefined;
  spec: PodSpec;
}

/** Why a pod is not allowed. */
export interface Finding {
  reason: string;
  detail: string;
}

/** Undefined: nothing to object to. */
export type PodCheck = (pod: CheckedPod) => Finding | undefined;

/** All of them, init containers first: the order in which messages name them. */
export function containersOf({ initContainers, containers, ephemeralContainers }: PodSpec): Container[] {
  return [...(initContainers ?? []), ...(containers ?? []), ...((ephemeralContainers as Container[]) ?? [])];
}

/** `container "a"`, `containers "a", "b"`: those that `isBad` picks, or undefined. */
export function badContainers(spec: PodSpec, isBad: (container: Container) => boolean): Named | undefined {
  const names = containersOf(spec)
    .filter(isBad)
    .map(({ name }) => name);
  return named('container', names);
}

export interface Named {
  text: string;
  count: number;
}

export function named(noun: string, names: readonly string[]): Named | undefined {
  if (names.length === 0) return undefined;
  return { text: `${plural(names.length, noun)} ${quoted(names)}`, count: names.length };
}

/** `pod and container "a"`: whoever sets what it must not, on the pod or on containers. */
export function badSetters(
  spec: PodSpec,
  isBad: (context: PodSecurityContext & SecurityContext) => boolean,
): string | undefined {
  const onPod = spec.securityContext != null && isBad(spec.securityContext as object);
  const onContainers = badContainers(
    spec,
    ({ securityContext }) => securityContext != null && isBad(securityContext as object),
  );
  const setters = [...(onPod ? ['pod'] : []), ...(onContainers ? [onContainers.text] : [])];
  return setters.length ? setters.join(' and ') : undefined;
}

export function plural(count: number, singular: string, several = `${singular}s`): string {
  return count === 1 ? singular : several;
}

/** Each once, in the order of their bytes. */
export function sorted(values: Iterable<string>): string[] {
  return [...new Set(values)].sort();
}

export function quoted(values: readonly string[]): string {
  return values.map((value) => `"${value}"`).join(', ');
}
