import { type FieldError, invalidValue, required, type VolumeAttachment } from '@kubets/api';
import { define } from '../define.ts';
import { sameValue } from '../rules/equality.ts';
import { immutableText } from '../rules/labels.ts';
import { columnsOf, textColumn } from '../table/columns.ts';

export const volumeAttachment = define<VolumeAttachment>({
  id: { group: 'storage.k8s.io', version: 'v1', resource: 'volumeattachments', kind: 'VolumeAttachment' },
  scope: 'Cluster',
  status: { initial: () => ({ attached: false }), metadata: 'open' },
  columns: columnsOf<VolumeAttachment>(
    textColumn('Attacher', 'The driver that attaches.', ({ spec }) => spec.attacher),
    textColumn('PV', 'The volume.', ({ spec }) => spec.source.persistentVolumeName),
    textColumn('Node', 'The node to which it is attached.', ({ spec }) => spec.nodeName),
    {
      name: 'Attached',
      type: 'boolean',
      description: 'Whether it is attached.',
      value: ({ status }) => status?.attached ?? false,
    },
  ),
  validate({ spec }) {
    const problems: FieldError[] = [];
    if (!spec.attacher) problems.push(required('spec.attacher', ''));
    if (!spec.nodeName) problems.push(required('spec.nodeName', ''));
    const { persistentVolumeName, inlineVolumeSpec } = spec.source ?? {};
    if (!persistentVolumeName && !inlineVolumeSpec) {
      problems.push(
        required('spec.source', 'must specify exactly one of inlineVolumeSpec and persistentVolumeName'),
      );
    }
    return problems;
  },
  validateUpdate: (next, old) =>
    sameValue(next.spec, old.spec) ? [] : [invalidValue('spec', next.spec, immutableText)],
});
