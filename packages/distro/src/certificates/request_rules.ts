// What each of the cluster's own signers (kubernetes.io/*) signs: https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/
export interface RequestFacts {
  commonName: string;
  organizations: readonly string[];
  alternativeNames: { dns: number; ip: number; email: number; uri: number };
  usages: readonly string[];
}

const nodeGroup = 'system:nodes';
const noOrganization = `subject organization is not ${nodeGroup}`;
const noNodeName = 'subject common name does not begin with system:node:';

/** Why the signer refuses; undefined where it signs. Signers that aren't named refuse nothing. */
export const refusals: Readonly<Record<string, (facts: RequestFacts) => string | undefined>> = {
  'kubernetes.io/kube-apiserver-client': ({ usages }) => {
    const others = ['digital signature', 'key encipherment', 'client auth'];
    const unfit = usages.find((usage) => !others.includes(usage));
    if (unfit) return `invalid usage for client certificate: ${unfit}`;
    if (!usages.includes('client auth')) return 'missing required usage for client certificate: client auth';
    return undefined;
  },
  'kubernetes.io/kube-apiserver-client-kubelet': (facts) => {
    const { dns, ip, email, uri } = facts.alternativeNames;
    if (!isOfNodes(facts)) return noOrganization;
    if (dns) return 'DNS subjectAltNames are not allowed';
    if (email) return 'Email subjectAltNames are not allowed';
    if (ip) return 'IP subjectAltNames are not allowed';
    if (uri) return 'URI subjectAltNames are not allowed';
    if (!facts.commonName.startsWith('system:node:')) return noNodeName;
    return usageRefusal(facts.usages, 'client auth');
  },
  'kubernetes.io/kubelet-serving': (facts) => {
    const { dns, ip, email, uri } = facts.alternativeNames;
    if (!isOfNodes(facts)) return noOrganization;
    if (!dns && !ip) return 'DNS or IP subjectAltName is required';
    if (email) return 'Email subjectAltNames are not allowed';
    if (uri) return 'URI subjectAltNames are not allowed';
    const refusal = usageRefusal(facts.usages, 'server auth');
    if (refusal) return refusal;
    return facts.commonName.startsWith('system:node:') ? undefined : noNodeName;
  },
};

function isOfNodes({ organizations }: RequestFacts): boolean {
  return organizations.length === 1 && organizations[0] === nodeGroup;
}

/** Keys that aren't RSA can't encipher others, so that usage may be left out. */
function usageRefusal(usages: readonly string[], purpose: string): string | undefined {
  const asked = new Set(usages);
  const whole = ['client auth', 'digital signature', 'key encipherment', 'server auth'].filter(
    (usage) => usage === purpose || !usage.endsWith(' auth'),
  );
  const fits = [...asked].every((usage) => whole.includes(usage));
  return fits && asked.has(purpose) && asked.has('digital signature')
    ? undefined
    : `usages did not match [${whole.join(' ')}]`;
}
