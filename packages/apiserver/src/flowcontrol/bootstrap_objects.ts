// The FlowSchemas and PriorityLevelConfigurations that every cluster has (API priority and fairness, KEP-1040).

export interface BootstrapObject {
  resource: 'flowschemas' | 'prioritylevelconfigurations';
  name: string;
  spec: object;
  /** Its spec can't be changed by anybody; the others follow releases until someone takes them over. */
  mandatory: boolean;
}

/** A user who may change a suggested object sets it to `false`, and the server leaves it alone. */
export const autoUpdateAnnotation = 'apf.kubernetes.io/autoupdate-spec';

export function bootstrapFlowControl(): readonly BootstrapObject[] {
  return [
    level('exempt', { type: 'Exempt', exempt: { nominalConcurrencyShares: 0, lendablePercent: 0 } }, true),
    level(
      'catch-all',
      {
        type: 'Limited',
        limited: { nominalConcurrencyShares: 5, limitResponse: { type: 'Reject' }, lendablePercent: 0 },
      },
      true,
    ),
    level('system', queued(30, 33, 64, 6)),
    level('node-high', queued(40, 25, 64, 6)),
    level('leader-election', queued(10, 0, 16, 4)),
    level('workload-high', queued(40, 50, 128, 6)),
    level('workload-low', queued(100, 90, 128, 6)),
    level('global-default', queued(20, 50, 128, 6)),
    schema('exempt', 'exempt', 1, undefined, [rule([group('system:masters')], anything)], true),
    schema('catch-all', 'catch-all', 10_000, 'ByUser', [rule(everybody, anything)], true),
    schema('probes', 'exempt', 2, undefined, [
      rule(everybody, {
        nonResourceRules: [{ verbs: ['get'], nonResourceURLs: ['/healthz', '/readyz', '/livez'] }],
      }),
    ]),
    schema('system-leader-election', 'leader-election', 100, 'ByUser', [
      rule([user('system:kube-controller-manager'), user('system:kube-scheduler'), systemAccounts], {
        resourceRules: [inNamespaces(['get', 'create', 'update'])],
      }),
    ]),
    schema('system-node-high', 'node-high', 400, 'ByUser', [
      rule([group('system:nodes')], {
        resourceRules: [
          {
            verbs: ['*'],
            apiGroups: [''],
            resources: ['nodes', 'nodes/status'],
            clusterScope: true,
            namespaces: ['*'],
          },
          inNamespaces(['*']),
        ],
      }),
    ]),
    schema('system-nodes', 'system', 500, 'ByUser', [rule([group('system:nodes')], anything)]),
    schema('kube-controller-manager', 'workload-high', 800, 'ByNamespace', [
      rule([user('system:kube-controller-manager')], anything),
    ]),
    schema('kube-scheduler', 'workload-high', 800, 'ByNamespace', [
      rule([user('system:kube-scheduler')], anything),
    ]),
    schema('kube-system-service-accounts', 'workload-high', 900, 'ByNamespace', [
      rule([systemAccounts], anything),
    ]),
    schema('service-accounts', 'workload-low', 9_000, 'ByUser', [
      rule([group('system:serviceaccounts')], anything),
    ]),
    schema('global-default', 'global-default', 9_900, 'ByUser', [rule(everybody, anything)]),
  ];
}

function level(name: string, spec: object, mandatory = false): BootstrapObject {
  return { resource: 'prioritylevelconfigurations', name, spec, mandatory };
}

function queued(nominalConcurrencyShares: number, lendablePercent: number, queues: number, handSize: number) {
  const queuing = { queues, handSize, queueLengthLimit: 50 };
  const limitResponse = { type: 'Queue', queuing };
  return { type: 'Limited', limited: { nominalConcurrencyShares, limitResponse, lendablePercent } };
}

function schema(
  name: string,
  priorityLevel: string,
  matchingPrecedence: number,
  distinguisher: 'ByUser' | 'ByNamespace' | undefined,
  rules: readonly object[],
  mandatory = false,
): BootstrapObject {
  const spec = {
    priorityLevelConfiguration: { name: priorityLevel },
    matchingPrecedence,
    ...(distinguisher && { distinguisherMethod: { type: distinguisher } }),
    rules,
  };
  return { resource: 'flowschemas', name, spec, mandatory };
}

function rule(subjects: readonly object[], what: object): object {
  return { subjects, ...what };
}

const group = (name: string) => ({ kind: 'Group', group: { name } });
const user = (name: string) => ({ kind: 'User', user: { name } });
const systemAccounts = {
  kind: 'ServiceAccount',
  serviceAccount: { namespace: 'kube-system', name: '*' },
};
const everybody = [group('system:unauthenticated'), group('system:authenticated')];
const anything = {
  resourceRules: [
    { verbs: ['*'], apiGroups: ['*'], resources: ['*'], clusterScope: true, namespaces: ['*'] },
  ],
  nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
};

function inNamespaces(verbs: readonly string[]) {
  return { verbs, apiGroups: ['coordination.k8s.io'], resources: ['leases'], namespaces: ['*'] };
}
