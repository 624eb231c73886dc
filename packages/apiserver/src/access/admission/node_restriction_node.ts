import { deepEqual, type Node } from '@kubets/api';
import type { AdmissionRequest } from '../../access.ts';
import { refusal } from './refusal.ts';

export function checkNode(request: AdmissionRequest, node: string): void {
  const name = request.name || request.object?.metadata.name;
  if (name !== node) throw refusal(request, `node "${node}" is not allowed to modify node "${name}"`);
  if (request.operation === 'CREATE') checkCreate(request, node);
  if (request.operation === 'UPDATE') checkUpdate(request, node);
}

function checkCreate(request: AdmissionRequest, node: string): void {
  const { metadata, spec }: Node = request.object;
  if (spec?.configSource)
    throw refusal(request, `node "${node}" is not allowed to create pods with a non-nil configSource`);
  const labels = forbiddenLabels(Object.keys(metadata.labels ?? {}));
  if (labels.length)
    throw refusal(request, `node "${node}" is not allowed to set the following labels: ${labels.join(', ')}`);
}

function checkUpdate(request: AdmissionRequest, node: string): void {
  const next: Node = request.object;
  const old: Node = request.old;
  if (next.spec?.configSource && !deepEqual(next.spec.configSource, old.spec?.configSource))
    throw refusal(
      request,
      `node "${node}" is not allowed to update configSource to a new non-nil configSource`,
    );
  if (!deepEqual(next.spec?.taints ?? [], old.spec?.taints ?? []))
    throw refusal(request, `node "${node}" is not allowed to modify taints`);
  if (!deepEqual(next.metadata.ownerReferences ?? [], old.metadata.ownerReferences ?? []))
    throw refusal(request, `node "${node}" is not allowed to modify ownerReferences`);
  const before = old.metadata.labels ?? {};
  const after = next.metadata.labels ?? {};
  const changed = Object.keys({ ...before, ...after }).filter((key) => before[key] !== after[key]);
  const labels = forbiddenLabels(changed);
  if (labels.length) throw refusal(request, `is not allowed to modify labels: ${labels.join(', ')}`);
}

/** What kubelets know of their machines; everything else in these domains tells where pods may go. */
const kubeletLabels = new Set([
  'kubernetes.io/hostname',
  'topology.kubernetes.io/zone',
  'topology.kubernetes.io/region',
  'failure-domain.beta.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region',
  'beta.kubernetes.io/instance-type',
  'node.kubernetes.io/instance-type',
  'kubernetes.io/os',
  'kubernetes.io/arch',
  'beta.kubernetes.io/os',
  'beta.kubernetes.io/arch',
]);
const kubeletDomains = ['kubelet.kubernetes.io', 'node.kubernetes.io'];

function forbiddenLabels(keys: readonly string[]): string[] {
  return keys.filter(isForbidden).sort();
}

function isForbidden(key: string): boolean {
  const domain = key.includes('/') ? key.slice(0, key.indexOf('/')) : '';
  if (isWithin(domain, 'node-restriction.kubernetes.io')) return true;
  if (!isWithin(domain, 'kubernetes.io') && !isWithin(domain, 'k8s.io')) return false;
  return !kubeletLabels.has(key) && !kubeletDomains.some((each) => isWithin(domain, each));
}

function isWithin(domain: string, of: string): boolean {
  return domain === of || domain.endsWith(`.${of}`);
}
