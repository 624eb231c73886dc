import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { typeOfKind } from '../../schema/find_type.ts';
import { decodeUnknown, encodeUnknown, openEnvelope, wrapMessage } from './kube_message.ts';

const folder = join(import.meta.dirname, '../../../../../../shared/upstream/objects');
const files = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith('.json')) : [];

describe.skipIf(!files.length)('every object of upstream', () => {
  test.each(files)('%s', (file) => {
    const object = JSON.parse(readFileSync(join(folder, file), 'utf8'));
    const bytes = new Uint8Array(readFileSync(join(folder, file.replace('.json', '.pb'))));
    const { apiVersion = '', kind = '' } = object;
    const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
    const type = kind ? typeOfKind(group, version, kind)! : 'meta.v1.WatchEvent';
    expect(hex(encodeUnknown(apiVersion, kind, type, object))).toBe(hex(bytes));
    const kindOf = kind ? {} : { apiVersion: 'v1', kind: 'WatchEvent' };
    expect(decodeUnknown(bytes, kindOf)).toEqual({ ...object, ...kindOf });
  });
});

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
