import { isAlreadyExists } from '@kubets/api';
import { refs } from '@kubets/client';
import type { ControllerDefinition } from '../runtime/controller.ts';
import { isNamespaceTerminating } from '../runtime/run_controller.ts';
import { watch, watchSelf } from '../runtime/watch.ts';

const defaultName = 'default';

/** Sees to it that every namespace has the account that pods run as when they do not say. */
export const serviceAccountController: ControllerDefinition = {
  name: 'serviceaccount-controller',
  create({ client, caches }) {
    const namespaces = caches.of(refs.namespaces);
    const accounts = caches.of(refs.serviceAccounts);
    return [
      {
        name: 'serviceaccount',
        workers: 1,
        watches: [
          watchSelf(namespaces),
          watch(accounts, (account, old) =>
            !account && old!.metadata.name === defaultName ? [old!.metadata.namespace!] : [],
          ),
        ],
        async reconcile(namespace) {
          if (namespaces.get(namespace)?.status?.phase === 'Terminating') return;
          if (!namespaces.get(namespace) || accounts.get(`${namespace}/${defaultName}`)) return;
          try {
            await client.create(refs.serviceAccounts, { metadata: { name: defaultName, namespace } });
          } catch (error) {
            if (!isAlreadyExists(error) && !isNamespaceTerminating(error)) throw error;
          }
        },
      },
    ];
  },
};
