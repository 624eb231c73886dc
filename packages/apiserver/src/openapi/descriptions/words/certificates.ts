// Certificates that somebody signs, and authorities that are to be trusted.
export const certificates = `
CertificateSigningRequest: Asks a signer for a certificate. Somebody has to approve it; it goes after an hour
    or a day, by what has become of it.

CertificateSigningRequestSpec: What is asked for, and by whom. It never changes.
  request: The request as PEM (CERTIFICATE REQUEST), in base64.
  signerName: Who is to sign, such as kubernetes.io/kube-apiserver-client, kubernetes.io/kubelet-serving or
    example.com/my-signer.
  usages: What the certificate is for, such as digital signature, key encipherment, client auth or server
    auth.
  expirationSeconds: How many seconds it should be valid, at least 600. The signer may choose otherwise.
  username: Who asks. The server sets it, as the three below.
  uid: The UID of whoever asks.
  groups: The groups of whoever asks.
  extra: What else is known of whoever asks.

CertificateSigningRequestStatus: What has come of it.
  certificate: The chain of certificates as PEM, in base64, once it is signed; the new one first. It never
    changes.
  conditions: Approved, Denied and Failed.

CertificateSigningRequestCondition:
  type: Approved, Denied or Failed (to sign). They stay once set, and Approved and Denied exclude each other.
  status: True for Approved, Denied and Failed.

ClusterTrustBundle: Certificates of authorities that are to be trusted, for pods to mount. Beta, off by
    default: ClusterTrustBundle.

ClusterTrustBundleSpec: The authorities.
  signerName: Whose certificates they verify. Empty: nobody's in particular. With it, the object's name begins
    with the signer's. It never changes.
  trustBundle: The certificates as PEM; each is an authority and comes once. In no special order.

PodCertificateRequest: Asks a signer for a certificate of a pod. Kubelets create it. Beta, off by default:
    PodCertificateRequest.

PodCertificateRequestSpec: What is asked for, and for which pod. It never changes.
  signerName: Who is to sign.
  podName: The name of the pod.
  podUID: The UID of the pod.
  serviceAccountName: The name of its service account.
  serviceAccountUID: The UID of its service account.
  nodeName: The name of its node: only this node's kubelet may ask.
  nodeUID: The UID of its node.
  maxExpirationSeconds: How many seconds the certificate may be valid, 3600 to 7862400 (91 days). Default
    86400. Signers of kubernetes.io give 24 hours at most.
  stubPKCS10Request: A request in PKCS#10 (DER) with only the public key, signed with its private one, as
    proof that the kubelet has it.
  pkixPublicKey: The public key in PKIX form. Older than stubPKCS10Request, which has taken its place.
  proofOfPossession: The UID of the pod, signed. Older than stubPKCS10Request, which has taken its place.
  unverifiedUserAnnotations: Texts of the pod's author for the signer. Nobody has checked them.

PodCertificateRequestStatus: What has come of it.
  certificateChain: The chain of certificates as PEM, the new one first. It never changes.
  notBefore: From when on the certificate is valid.
  notAfter: Until when the certificate is valid.
  beginRefreshAt: When the kubelet should ask for the next one. Only a hint.
  conditions: Issued, Denied or Failed. Only one of them, and for good.
`;
