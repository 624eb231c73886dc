import { parseArgs } from 'node:util';
import { type Command, UserError } from '../main.ts';
import { runApiServer } from '../processes/run_api_server.ts';
import { runUntilSignal } from './run_until_signal.ts';

const text = { type: 'string' } as const;
const several = { ...text, multiple: true } as const;

const flagTypes = {
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
  'request-timeout': { ...text, default: '1m0s' },
  'store-path': text,
  'etcd-servers': text,
  'etcd-cafile': text,
  'etcd-certfile': text,
  'etcd-keyfile': text,
  'etcd-prefix': text,
  'encryption-provider-config': text,
  'runtime-config': text,
  'feature-gates': text,
  'enable-admission-plugins': several,
  'disable-admission-plugins': several,
} as const;

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
                 [--request-timeout DURATION]
                 [--enable-admission-plugins NAME,...] [--disable-admission-plugins NAME,...]

  --store-path       folder of the embedded store; without it and etcd, objects live in memory only
  --etcd-servers     an etcd cluster, which an API server of upstream may have written to
  --encryption-provider-config
                     an EncryptionConfiguration: which values are encrypted in the store, and how
  --runtime-config   what is served beside stable versions: api/all, api/beta, <group>/<version>[/<resource>] ...
  --enable-admission-plugins
                     beside those that run by default, for example NodeRestriction,AlwaysPullImages
  --feature-gates    opens ClusterTrustBundle, GenericWorkload, PodCertificateRequest, StorageVersionMigrator
`,
  async run(args) {
    const { values: flags } = parseArgs({ args, options: flagTypes });
    const required = (name: keyof typeof flags): string => {
      const value = flags[name];
      if (typeof value !== 'string' || !value) throw new UserError(`--${name} is required`);
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
      admission: {
        enable: namesIn(flags['enable-admission-plugins']),
        disable: namesIn(flags['disable-admission-plugins']),
      },
      requestMs: durationMs('request-timeout', flags['request-timeout']),
      flags: shownFlags(flags),
    };
    return runUntilSignal('apiserver', (signal, log) => runApiServer({ ...options, signal, log }));
  },
};

/** A flag that may come several times, each with several names. */
function namesIn(values: readonly string[] = []): string[] {
  return values.flatMap((value) => value.split(',')).filter((name) => name !== '');
}

/** As `/flagz` tells them: names in lists stand in brackets. */
function shownFlags(
  flags: Readonly<Record<string, string | readonly string[] | undefined>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(flagTypes).map(([name, type]) => {
      const value = flags[name];
      if ('multiple' in type) return [name, `[${namesIn(value as readonly string[] | undefined).join(',')}]`];
      return [name, (value as string | undefined) ?? ''];
    }),
  );
}

const unitMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Go's form of durations: `1m0s`, `90s`. */
function durationMs(flag: string, given: string): number {
  const parts = [...given.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)];
  if (!parts.length || parts.map(([part]) => part).join('') !== given)
    throw new UserError(`--${flag} must be a duration, for example 1m30s`);
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * unitMs[unit as keyof typeof unitMs], 0);
}
