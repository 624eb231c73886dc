// `/resize`: other amounts of cpu and memory for a pod that runs (KEP-1287).
import {
  type Container,
  type FieldError,
  forbiddenField,
  invalidValue,
  type Pod,
  type ResourceRequirements,
} from '@kubets/api';
import { sameValue } from '../../rules/equality.ts';
import { podQosClass } from './qos.ts';
import { mirrorAnnotation } from './validate_annotations.ts';
import { validatePod } from './validate_pod.ts';

/** The old pod with the resources of the new one, where containers still pair up. */
export function keepAllButResources(next: Pod, old: Pod): Pod {
  const pairUp = (a: Container[] = [], b: Container[] = []) =>
    a.length === b.length && a.every((container, i) => container.name === b[i]!.name);
  if (
    !pairUp(next.spec.containers, old.spec.containers) ||
    !pairUp(next.spec.initContainers, old.spec.initContainers)
  )
    return next;
  const resized = (a: Container[] | undefined, b: Container[] | undefined) =>
    b?.map((container, i) => {
      const { resources, resizePolicy } = a![i]!;
      return { ...container, resources, resizePolicy };
    });
  const spec = {
    ...old.spec,
    containers: resized(next.spec.containers, old.spec.containers)!,
    initContainers: resized(next.spec.initContainers, old.spec.initContainers),
    resources: next.spec.resources,
  };
  return { ...next, spec: withoutUndefined(spec), status: old.status };
}

function withoutUndefined<T extends object>(object: T): T {
  return JSON.parse(JSON.stringify(object)) as T;
}

export function validatePodResize(next: Pod, old: Pod): FieldError[] {
  const errors = validatePod(next);
  if (old.metadata.annotations?.[mirrorAnnotation] !== undefined)
    return [forbiddenField('[]', 'static pods cannot be resized')];
  if (old.spec.os?.name === 'windows') return [forbiddenField('[]', 'windows pods cannot be resized')];
  if ((old.status?.qosClass || podQosClass(old.spec)) !== podQosClass(next.spec))
    errors.push(
      invalidValue(
        'spec',
        next.status?.qosClass ?? '',
        'Pod QOS Class may not change as a result of resizing',
      ),
    );
  const running = old.status?.containerStatuses?.find(({ state }) => state?.running);
  if (running && !running.resources)
    errors.push(forbiddenField('spec', 'Pod running on node without support for resize'));
  const order = validateOrder(next, old);
  if (order.length > 0) return [...errors, ...order];
  if (old.spec.resources && !next.spec.resources)
    errors.push(forbiddenField('spec.resources', 'pod-level resources cannot be removed'));
  for (const list of ['initContainers', 'containers'] as const)
    old.spec[list]?.forEach((before, i) => {
      errors.push(...validateContainerResize(next.spec[list]![i]!, before, `spec.${list}[${i}]`, list));
    });
  return errors;
}

function validateOrder(next: Pod, old: Pod): FieldError[] {
  return (['containers', 'initContainers'] as const).flatMap((list) => {
    const before = old.spec[list] ?? [];
    const after = next.spec[list] ?? [];
    if (before.length !== after.length)
      return [forbiddenField(`spec.${list}`, `${list} may not be added or removed on resize`)];
    return before.flatMap(({ name }, i) =>
      after[i]!.name === name
        ? []
        : [forbiddenField(`spec.${list}[${i}].name`, `${list} may not be renamed or reordered on resize`)],
    );
  });
}

function validateContainerResize(
  next: Container,
  old: Container,
  path: string,
  list: 'containers' | 'initContainers',
): FieldError[] {
  const errors: FieldError[] = [];
  for (const part of ['requests', 'limits'] as const) {
    const removed = Object.keys(old.resources?.[part] ?? {}).some((name) => !next.resources?.[part]?.[name]);
    if (removed)
      errors.push(forbiddenField(`${path}.resources.${part}`, `resource ${part} cannot be removed`));
  }
  const rest = { ...next, resources: withCpuAndMemoryOf(next.resources, old.resources) };
  if (!sameValue(rest, old, 'core.v1.Container'))
    errors.push(
      list === 'containers'
        ? forbiddenField('spec', 'only cpu and memory resources are mutable')
        : forbiddenField(path, 'only cpu and memory resources for init or sidecar containers are mutable'),
    );
  return errors;
}

function withCpuAndMemoryOf(
  next: ResourceRequirements = {},
  old: ResourceRequirements = {},
): ResourceRequirements {
  const part = (name: 'requests' | 'limits') => {
    const { cpu: _cpu, memory: _memory, ...others } = next[name] ?? {};
    const kept = Object.entries(old[name] ?? {}).filter(([key]) => key === 'cpu' || key === 'memory');
    return { ...others, ...Object.fromEntries(kept) };
  };
  return { limits: part('limits'), requests: part('requests') };
}
