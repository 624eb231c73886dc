import { type CSINode, duplicate, type FieldError, required } from '@kubets/api';
import { define } from '../define.ts';
import { columnsOf, countColumn } from '../table/columns.ts';

export const csiNode = define<CSINode>({
  id: { group: 'storage.k8s.io', version: 'v1', resource: 'csinodes', kind: 'CSINode' },
  scope: 'Cluster',
  columns: columnsOf<CSINode>(
    countColumn('Drivers', 'How many drivers the node has.', ({ spec }) => spec.drivers?.length),
  ),
  validate({ spec }) {
    const names = new Set<string>();
    return (spec.drivers ?? []).flatMap((driver, index) => {
      const path = `spec.drivers[${index}]`;
      const problems: FieldError[] = [];
      if (!driver.name) problems.push(required(`${path}.name`, ''));
      if (!driver.nodeID) problems.push(required(`${path}.nodeID`, ''));
      if (names.has(driver.name)) problems.push(duplicate(`${path}.name`, driver.name));
      names.add(driver.name);
      return problems;
    });
  },
});
