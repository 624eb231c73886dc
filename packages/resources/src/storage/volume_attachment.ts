import {
  type FieldError,
  forbiddenField,
  invalidValue,
  required,
  tooLong,
  type VolumeAttachment,
  type VolumeError,
} from '@kubets/api';
import { defaultVolumeSources } from '../core/persistent_volume.ts';
import { validateVolumeSpec } from '../core/persistent_volume_spec.ts';
import { validateCsiDriverName } from '../core/volume_rules.ts';
import { define } from '../define.ts';
import { sameValue } from '../rules/equality.ts';
import { goStruct } from '../rules/go_struct.ts';
import { byteLength, immutableText } from '../rules/labels.ts';
import { dns1123Subdomain } from '../rules/names.ts';
import { columnsOf, textColumn } from '../table/columns.ts';
import { storageKind } from './storage_kinds.ts';

export const volumeAttachment = define<VolumeAttachment>({
  id: storageKind('volumeattachments', 'VolumeAttachment'),
  scope: 'Cluster',
  allowUnconditionalUpdate: false,
  columns: columnsOf<VolumeAttachment>(
    { ...textColumn('Attacher', 'The driver that attaches.', ({ spec }) => spec.attacher), format: 'name' },
    textColumn('PV', 'The volume.', ({ spec }) => spec.source?.persistentVolumeName),
    textColumn('Node', 'The node to which it is attached.', ({ spec }) => spec.nodeName),
    {
      name: 'Attached',
      type: 'boolean',
      description: 'Whether it is attached.',
      value: ({ status }) => status?.attached ?? false,
    },
  ),
  defaults: ({ spec }) => {
    const inline = spec?.source?.inlineVolumeSpec;
    if (inline) defaultVolumeSources(inline);
  },
  validate: (object) => [...validateSpec(object), ...validateStatus(object), ...validateVolumeName(object)],
  validateUpdate: (next, old) =>
    sameValue(next.spec, old.spec, 'storage.v1.VolumeAttachmentSpec')
      ? []
      : [invalidValue('spec', goStruct(next.spec, 'storage.v1.VolumeAttachmentSpec'), immutableText)],
  status: { initial: () => ({ attached: false }), metadata: 'keep', validate: validateStatus },
});

function validateSpec({ spec }: VolumeAttachment): FieldError[] {
  const { attacher = '', nodeName = '', source = {} } = spec;
  const { persistentVolumeName: name, inlineVolumeSpec: inline } = source;
  const one = 'must specify exactly one of inlineVolumeSpec and persistentVolumeName';
  const errors = validateCsiDriverName(attacher, 'spec.attacher');
  if (name === undefined && !inline) errors.push(required('spec.source', one));
  if (name !== undefined && inline) errors.push(forbiddenField('spec.source', one));
  if (name === '' && !inline)
    errors.push(required('spec.source.persistentVolumeName', 'must specify non empty persistentVolumeName'));
  if (inline && name === undefined)
    errors.push(
      ...validateVolumeSpec(inline, 'spec.source.inlineVolumeSpec', { volumeName: '', inline: true }),
    );
  for (const message of dns1123Subdomain(nodeName))
    errors.push(invalidValue('spec.nodeName', nodeName, message));
  return errors;
}

function validateVolumeName({ spec }: VolumeAttachment): FieldError[] {
  const name = spec.source?.persistentVolumeName;
  if (name === undefined) return [];
  return dns1123Subdomain(name).map((message) =>
    invalidValue('spec.source.persistentVolumeName', name, message),
  );
}

const maxMetadataBytes = 256 * 1024;

function validateStatus({ status }: VolumeAttachment): FieldError[] {
  const metadata = Object.entries(status?.attachmentMetadata ?? {});
  const bytes = metadata.reduce((sum, [key, value]) => sum + byteLength(key) + byteLength(value), 0);
  return [
    ...(bytes > maxMetadataBytes ? [tooLong('status.attachmentMetadata', undefined, maxMetadataBytes)] : []),
    ...validateError(status?.attachError, 'status.attachError'),
    ...validateError(status?.detachError, 'status.detachError'),
  ];
}

function validateError(error: VolumeError | undefined, path: string): FieldError[] {
  const { message = '', errorCode = 0 } = error ?? {};
  return [
    ...(message.length > 1024 ? [tooLong(`${path}.message`, undefined, maxMetadataBytes)] : []),
    ...(errorCode < 0
      ? [invalidValue(`${path}.errorCode`, errorCode, 'must be between 0 and 2147483647, inclusive')]
      : []),
  ];
}
