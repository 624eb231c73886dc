import {
  type Container,
  goQuote,
  type Pod,
  type PodSpec,
  type ServiceAccount,
  type Volume,
} from '@kubets/api';
import { type Clock, nameSuffix, type Random } from '@kubets/base';
import { pathSegmentName } from '@kubets/resources';
import type { AdmissionPlugin, AdmissionRequest, Reader } from '../../access.ts';
import { secretsOf } from '../authz/node_authorizer.ts';
import { concerns } from './concerns.ts';
import { refusal } from './refusal.ts';

export interface ServiceAccountAdmissionOptions {
  reader: Reader;
  clock: Clock;
  random: Random;
}

const mountPath = '/var/run/secrets/kubernetes.io/serviceaccount';
const mirrorAnnotation = 'kubernetes.io/config.mirror';
/** One hour and the leeway after which a kubelet's refresh is overdue (upstream's WarnOnlyBoundTokenExpirationPeriod). */
const tokenSeconds = 3607;
// A new namespace gets its default account a moment later: wait for it instead of refusing.
const attemptsForDefault = 20;
const attemptMs = 50;

/** Gives each pod its service account, the account's token as a volume, and its pull secrets. */
export function serviceAccountAdmission(options: ServiceAccountAdmissionOptions): AdmissionPlugin {
  return {
    name: 'ServiceAccount',
    handles: concerns({ operations: ['CREATE'], resource: 'pods' }),
    async admit(request) {
      const spec: PodSpec = request.object.spec;
      if (request.object.metadata.annotations?.[mirrorAnnotation] !== undefined)
        return checkMirrorPod(request);
      spec.serviceAccountName ||= spec.serviceAccount || 'default';
      spec.serviceAccount = spec.serviceAccountName;
      const account = await findAccount(options, request, spec.serviceAccountName);
      if (spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true) {
        mountToken(spec, options.random);
      }
      if ((spec.imagePullSecrets?.length ?? 0) === 0 && (account.imagePullSecrets?.length ?? 0) > 0) {
        spec.imagePullSecrets = account.imagePullSecrets!.map(({ name }) => ({ name }));
      }
    },
  };
}

/** A kubelet made it of a file: nobody has decided that it may have what is in the cluster. */
function checkMirrorPod(request: AdmissionRequest): void {
  const pod: Pod = request.object;
  const refuse = (what: string) => refusal(request, `a mirror pod may not ${what}`);
  if (pod.spec.serviceAccountName || pod.spec.serviceAccount) throw refuse('reference service accounts');
  if (secretsOf(pod).some((name) => name !== '')) throw refuse('reference secrets');
  const sources = (pod.spec.volumes ?? []).flatMap(({ projected }) => projected?.sources ?? []);
  if (sources.some(({ serviceAccountToken }) => serviceAccountToken))
    throw refuse('use ServiceAccountToken volume projections');
}

async function findAccount(
  { reader, clock }: ServiceAccountAdmissionOptions,
  request: AdmissionRequest,
  name: string,
): Promise<ServiceAccount> {
  const attempts = name === 'default' ? attemptsForDefault : 1;
  for (let attempt = 1; ; attempt++) {
    const account = reader.get<ServiceAccount>('', 'serviceaccounts', request.namespace, name);
    if (account) return account;
    if (attempt >= attempts) break;
    await clock.sleep(attemptMs);
  }
  // Upstream asks for it over the API, which has no path for such a name.
  const unusable = pathSegmentName(name);
  const why = unusable.length
    ? `invalid resource name ${goQuote(name)}: [${unusable.join(' ')}]`
    : `serviceaccount ${goQuote(name)} not found`;
  throw refusal(request, `error looking up service account ${request.namespace}/${name}: ${why}`);
}

function mountToken(spec: PodSpec, random: Random): void {
  const containers: Container[] = [...spec.containers, ...(spec.initContainers ?? [])];
  const without = containers.filter(
    (container) => !container.volumeMounts?.some((mount) => mount.mountPath === mountPath),
  );
  if (without.length === 0) return;
  const existing = spec.volumes?.find((volume) => volume.name.startsWith('kube-api-access-'));
  const name = existing?.name ?? `kube-api-access-${nameSuffix(random)}`;
  for (const container of without) {
    container.volumeMounts = [...(container.volumeMounts ?? []), { name, readOnly: true, mountPath }];
  }
  if (!existing) spec.volumes = [...(spec.volumes ?? []), tokenVolume(name)];
}

function tokenVolume(name: string): Volume {
  return {
    name,
    projected: {
      sources: [
        { serviceAccountToken: { expirationSeconds: tokenSeconds, path: 'token' } },
        { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
        {
          downwardAPI: {
            items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
          },
        },
      ],
      defaultMode: 0o644,
    },
  };
}
