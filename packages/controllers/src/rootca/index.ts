import { isAlreadyExists } from '@kubets/api';
import { refs } from '@kubets/client';
import type { ControllerDefinition } from '../runtime/controller.ts';
import { semanticEqual } from '../runtime/equal.ts';
import { isNamespaceTerminating } from '../runtime/run_controller.ts';
import { watch, watchSelf } from '../runtime/watch.ts';

const name = 'kube-root-ca.crt';
const description =
  'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the ' +
  'internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of ' +
  'Kubernetes clusters.';

/** Publishes into every namespace what pods need to trust the API server (KEP-1205). */
export const rootCaPublisher: ControllerDefinition = {
  name: 'root-ca-certificate-publisher-controller',
  create({ client, caches, config }) {
    if (!config.rootCaPem) return [];
    const data = { 'ca.crt': config.rootCaPem };
    const namespaces = caches.of(refs.namespaces);
    const configMaps = caches.of(refs.configMaps);
    const annotations = { 'kubernetes.io/description': description };
    return [
      {
        name: 'rootca',
        workers: 1,
        watches: [
          watchSelf(namespaces),
          watch(configMaps, (configMap, old) => {
            const { metadata } = (configMap ?? old)!;
            return metadata.name === name ? [metadata.namespace!] : [];
          }),
        ],
        async reconcile(namespace) {
          const phase = namespaces.get(namespace)?.status?.phase;
          if (!namespaces.get(namespace) || phase === 'Terminating') return;
          const current = configMaps.get(`${namespace}/${name}`);
          if (!current) {
            try {
              await client.create(refs.configMaps, { metadata: { name, namespace, annotations }, data });
            } catch (error) {
              if (!isAlreadyExists(error) && !isNamespaceTerminating(error)) throw error;
            }
          } else if (
            !semanticEqual(current.data, data) ||
            !current.metadata.annotations?.['kubernetes.io/description']
          ) {
            await client.update(refs.configMaps, {
              ...current,
              metadata: {
                ...current.metadata,
                annotations: { ...current.metadata.annotations, ...annotations },
              },
              data,
            });
          }
        },
      },
    ];
  },
};
