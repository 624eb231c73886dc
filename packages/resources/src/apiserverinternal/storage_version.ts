// Which version each API server writes to the store (KEP-2339).
import {
  duplicate,
  type FieldError,
  invalidValue,
  required,
  type ServerStorageVersion,
  type StorageVersion,
  type StorageVersionStatus,
} from '@kubets/api';
import { define, kindsOf } from '../define.ts';
import { dns1035Label, dns1123Subdomain, qualifiedName } from '../rules/names.ts';
import { columnsOf, textColumn } from '../table/columns.ts';

export const storageVersion = define<StorageVersion>({
  id: kindsOf('internal.apiserver.k8s.io', 'v1alpha1')('storageversions', 'StorageVersion'),
  type: 'apiserverinternal.v1alpha1.StorageVersion',
  scope: 'Cluster',
  allowUnconditionalUpdate: false,
  columns: columnsOf<StorageVersion>(
    textColumn(
      'CommonEncodingVersion',
      'The version that all servers write, where they agree.',
      ({ status }) => status?.commonEncodingVersion ?? '<unset>',
    ),
    textColumn('StorageVersions', 'What each server writes.', ({ status }) => versionsText(status)),
  ),
  validateName,
  defaults(object) {
    object.spec ??= {};
  },
  status: { metadata: 'keep', validate: ({ status = {} }) => validateStatus(status) },
});

function validateName(name: string): string[] {
  const dot = name.lastIndexOf('.');
  if (dot < 0) return ['name must be in the form of <group>.<resource>'];
  return [
    ...dns1123Subdomain(name.slice(0, dot)).map((message) => `the group segment ${message}`),
    ...dns1035Label(name.slice(dot + 1)).map((message) => `the resource segment ${message}`),
  ];
}

function validateStatus(status: StorageVersionStatus): FieldError[] {
  const { storageVersions = [], conditions = [] } = status;
  const ids = storageVersions.map(({ apiServerID = '' }) => apiServerID);
  return [
    ...storageVersions.flatMap((version, i) => {
      const path = `status.storageVersions[${i}]`;
      const again = ids.indexOf(ids[i]!) < i ? [duplicate(`${path}.apiServerID`, ids[i])] : [];
      return [...again, ...validateServerVersion(version, path)];
    }),
    ...validateCommonVersion(status),
    // The path lacks `conditions`, as upstream's does.
    ...conditions.flatMap((condition, i) => {
      const path = `status[${i}]`;
      const { type = '', status: value = '', reason, message } = condition;
      const first = conditions.findIndex((each) => each.type === type);
      return [
        ...(first < i
          ? [
              invalidValue(
                `${path}.type`,
                type,
                `the type of the condition is not unique, it also appears in conditions[${first}]`,
              ),
            ]
          : []),
        ...qualifiedName(type).map((text) => invalidValue(`${path}.type`, type, text)),
        ...qualifiedName(value).map((text) => invalidValue(`${path}.status`, value, text)),
        ...(reason ? [] : [required(`${path}.reason`)]),
        ...(message ? [] : [required(`${path}.message`)]),
      ];
    }),
  ];
}

function validateServerVersion(version: ServerStorageVersion, path: string): FieldError[] {
  const { apiServerID = '', encodingVersion = '', decodableVersions = [], servedVersions = [] } = version;
  const named = (value: string, at: string) => {
    const messages = apiVersionMessages(value);
    return messages.length ? [invalidValue(at, value, messages.join(','))] : [];
  };
  return [
    ...dns1123Subdomain(apiServerID).map((message) =>
      invalidValue(`${path}.apiServerID`, apiServerID, message),
    ),
    ...named(encodingVersion, `${path}.encodingVersion`),
    ...decodableVersions.flatMap((each, i) => named(each, `${path}.decodableVersions[${i}]`)),
    ...(decodableVersions.includes(encodingVersion)
      ? []
      : [
          invalidValue(
            `${path}.decodableVersions`,
            decodableVersions,
            `decodableVersions must include encodingVersion ${encodingVersion}`,
          ),
        ]),
    ...servedVersions.flatMap((each, i) => [
      ...named(each, `${path}.servedVersions[${i}]`),
      ...(decodableVersions.includes(each)
        ? []
        : [
            invalidValue(
              `${path}.servedVersions[${i}]`,
              each,
              `individual served version : ${each} must be included in decodableVersions : [${decodableVersions.join(' ')}]`,
            ),
          ]),
    ]),
  ];
}

function validateCommonVersion({ storageVersions = [], commonEncodingVersion: said }: StorageVersionStatus) {
  const path = 'status.commonEncodingVersion';
  const first = storageVersions[0]?.encodingVersion;
  const actual = storageVersions.every((each) => each.encodingVersion === first) ? first : undefined;
  if (actual === said) return [];
  if (actual === undefined)
    return [
      invalidValue(
        path,
        said,
        'should be nil if servers do not agree on the same encoding version, or if there is no server reporting the supported versions yet',
      ),
    ];
  return [
    said === undefined
      ? invalidValue(path, null, `the common encoding version is ${actual}`)
      : invalidValue(path, said, `the actual common encoding version is ${actual}`),
  ];
}

const labelMessage =
  "a DNS-1035 label, which must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character";

function apiVersionMessages(apiVersion: string): string[] {
  const parts = apiVersion.split('/');
  if (parts.length > 2)
    return [
      'an apiVersion is ' +
        `${labelMessage} (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?') with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyVersion')`,
    ];
  const messages: string[] = [];
  const [group, version] = parts.length === 2 ? parts : [undefined, parts[0]];
  if (group === '') messages.push('group part: must be non-empty');
  else if (group) messages.push(...dns1123Subdomain(group).map((message) => `group part: ${message}`));
  if (!version) messages.push('version part: must be non-empty');
  else messages.push(...dns1035Label(version).map((message) => `version part: ${message}`));
  return messages;
}

/** The first three, as many columns show lists. */
function versionsText({ storageVersions = [] }: StorageVersionStatus = {}): string {
  const shown = storageVersions
    .slice(0, 3)
    .map(({ apiServerID, encodingVersion }) => `${apiServerID}=${encodingVersion}`);
  if (shown.length === 0) return '<none>';
  const more = storageVersions.length - shown.length;
  return more > 0 ? `${shown.join(',')} + ${more} more...` : shown.join(',');
}
