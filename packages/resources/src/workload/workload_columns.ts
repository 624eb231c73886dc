import type { Container, LabelSelector } from '@kubets/api';
import type { Column } from '../resource.ts';
import { formatSelector, textColumn, wide } from '../table/columns.ts';

/** `-o wide` of everything that makes pods: containers, images and, where asked, the selector. */
export function templateColumns<T>(
  containersOf: (object: T) => Container[] | undefined,
  selectorOf?: (object: T) => string,
): Column<T>[] {
  const names = (object: T) => (containersOf(object) ?? []).map(({ name }) => name).join(',');
  const images = (object: T) => (containersOf(object) ?? []).map(({ image = '' }) => image).join(',');
  return [
    wide(textColumn('Containers', 'Names of the containers in each of its pods.', names)),
    wide(textColumn('Images', 'Images of those containers.', images)),
    ...(selectorOf
      ? [wide(textColumn('Selector', 'Labels of the pods that it counts as its own.', selectorOf))]
      : []),
  ];
}

export function selectorText({ spec }: { spec: { selector?: LabelSelector } }): string {
  return formatSelector(spec.selector);
}
