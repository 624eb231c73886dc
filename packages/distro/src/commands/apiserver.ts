import { parseArgs } from 'node:util';
import { type Command, UserError } from '../main.ts';
import { runApiServer } from '../processes/run_api_server.ts';
import { runUntilSignal } from './run_until_signal.ts';

export const apiserver: Command = {
  name: 'apiserver',
  summary: 'run the API server alone, with the flags of kube-apiserver',
  usage: `
kubets apiserver --client-ca-file FILE --tls-cert-file FILE --tls-private-key-file FILE
                 --service-account-key-file FILE --service-account-signing-key-file FILE
                 [--service-account-issuer URL] [--service-cluster-ip-range CIDR[,CIDR]]
                 [--service-node-port-range FROM-TO] [--bind-address IP] [--advertise-address IP]
                 [--secure-port PORT] [--store-path FOLDER]
                 [--etcd-servers URL,... [--etcd-cafile FILE] [--etcd-certfile FILE] [--etcd-keyfile FILE]
                  [--etcd-prefix /registry]] [--encryption-provider-config FILE]
                 [--runtime-config API=true|false,...] [--feature-gates GATE=true|false,...]

  --store-path       folder of the embedded store; without it and etcd, objects live in memory only
  --etcd-servers     an etcd cluster, which an API server of upstream may have written to
  --encryption-provider-config
                     an EncryptionConfiguration: which values are encrypted in the store, and how
  --runtime-config   what is served beside stable versions: api/all, api/beta, <group>/<version>[/<resource>] ...
  --feature-gates    opens ClusterTrustBundle, GenericWorkload, PodCertificateRequest, StorageVersionMigrator
`,
  async run(args) {
    const text = { type: 'string' } as const;
    const { values: flags } = parseArgs({
      args,
      options: {
        'client-ca-file': text,
        'tls-cert-file': text,
        'tls-private-key-file': text,
        'service-account-key-file': text,
        'service-account-signing-key-file': text,
        'service-account-issuer': { ...text, default: 'https://kubernetes.default.svc.cluster.local' },
        'service-cluster-ip-range': { ...text, default: '10.96.0.0/16' },
        'service-node-port-range': { ...text, default: '30000-32767' },
        'bind-address': { ...text, default: '0.0.0.0' },
        'advertise-address': text,
        'secure-port': { ...text, default: '6443' },
        'store-path': text,
        'etcd-servers': text,
        'etcd-cafile': text,
        'etcd-certfile': text,
        'etcd-keyfile': text,
        'etcd-prefix': text,
        'encryption-provider-config': text,
        'runtime-config': text,
        'feature-gates': text,
      },
    });
    const required = (name: keyof typeof flags): string => {
      const value = flags[name];
      if (!value) throw new UserError(`--${name} is required`);
      return value;
    };
    const ports = /^(\d+)-(\d+)$/.exec(flags['service-node-port-range']);
    if (!ports) throw new UserError('--service-node-port-range must be FROM-TO, for example 30000-32767');
    const options = {
      clientCaFile: required('client-ca-file'),
      certificateFile: required('tls-cert-file'),
      keyFile: required('tls-private-key-file'),
      serviceAccountKeyFile: required('service-account-key-file'),
      serviceAccountSigningKeyFile: required('service-account-signing-key-file'),
      serviceAccountIssuer: flags['service-account-issuer'],
      serviceCidr: flags['service-cluster-ip-range'],
      nodePortRange: { from: Number(ports[1]), to: Number(ports[2]) },
      host: flags['bind-address'],
      port: Number(flags['secure-port']),
      advertiseAddress: flags['advertise-address'],
      storePath: flags['store-path'],
      etcdServers: flags['etcd-servers']?.split(','),
      etcdCaFile: flags['etcd-cafile'],
      etcdCertificateFile: flags['etcd-certfile'],
      etcdKeyFile: flags['etcd-keyfile'],
      etcdPrefix: flags['etcd-prefix'],
      encryptionConfigFile: flags['encryption-provider-config'],
      runtimeConfig: flags['runtime-config'],
      featureGates: flags['feature-gates'],
    };
    await runUntilSignal('apiserver', (signal, log) => runApiServer({ ...options, signal, log }));
    return 0;
  },
};
