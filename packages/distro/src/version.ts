export const productVersion = '0.1.0';

/** What `/version` says as gitVersion: the API level, and that it is ours. */
export const kubernetesVersion = `v1.36.0+kubets.${productVersion}`;
