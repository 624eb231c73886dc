import type { ServiceAccount } from '@kubets/api';
import { define } from '../define.ts';
import { columnsOf } from '../table/columns.ts';
import { coreKind } from './core_kinds.ts';

export const serviceAccount = define<ServiceAccount>({
  id: coreKind('serviceaccounts', 'ServiceAccount', { shortNames: ['sa'] }),
  scope: 'Namespaced',
  columns: columnsOf<ServiceAccount>(),
  prepareCreate: keepSecretNamesOnly,
  prepareUpdate: keepSecretNamesOnly,
  subresources: [
    {
      name: 'token',
      verbs: ['create'],
      kind: { group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest' },
    },
  ],
});

/** Of references to secrets only the name means anything: they are all in the account's own namespace. */
function keepSecretNamesOnly(object: ServiceAccount): void {
  if (object.secrets) object.secrets = object.secrets.map(({ name }) => ({ name }));
}
