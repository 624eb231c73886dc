// Registry credentials from the imagePullSecrets of a pod.
import type { Secret } from '@kubets/api';
import type { AuthConfig } from '@kubets/api/generated/cri.ts';
import { parseImageName } from './image_name.ts';

interface DockerAuth {
  username?: string;
  password?: string;
  auth?: string;
  identitytoken?: string;
  registrytoken?: string;
}

/** All that fit the image, the most specific first, each to be tried in turn. Secrets that can't be read are passed over. */
export function pullCredentials(image: string, secrets: readonly Secret[]): AuthConfig[] {
  const name = parseImageName(image);
  if (!name) return [];
  const target = `${name.registry}/${name.repository}`;
  const fitting: { key: string; auth: AuthConfig }[] = [];
  for (const secret of secrets) {
    for (const [server, entry] of Object.entries(authsOf(secret))) {
      const key = registryKey(server);
      const auth = authConfig(entry);
      if (auth && matches(key, target)) fitting.push({ key, auth });
    }
  }
  return fitting.sort((a, b) => (a.key < b.key ? 1 : a.key > b.key ? -1 : 0)).map(({ auth }) => auth);
}

function authsOf({ type, data }: Secret): Record<string, DockerAuth> {
  try {
    if (type === 'kubernetes.io/dockerconfigjson')
      return JSON.parse(atob(data?.['.dockerconfigjson'] ?? '')).auths ?? {};
    if (type === 'kubernetes.io/dockercfg') return JSON.parse(atob(data?.['.dockercfg'] ?? ''));
  } catch {
    // Validation lets only well-formed ones in; what is left is of no use for a pull.
  }
  return {};
}

/** `https://index.docker.io/v1/` and `docker.io` are one registry. */
function registryKey(server: string): string {
  const bare = server.replace(/^https?:\/\//, '').replace(/\/(?:v[12]\/?)?$/, '');
  return bare.replace(/^(?:index|registry-1)\.docker\.io/, 'docker.io');
}

function authConfig(entry: DockerAuth): AuthConfig | undefined {
  let { username, password } = entry;
  if (entry.auth && !username) {
    const decoded = atob(entry.auth);
    const colon = decoded.indexOf(':');
    if (colon < 0) return undefined;
    username = decoded.slice(0, colon);
    password = decoded.slice(colon + 1);
  }
  const { identitytoken: identityToken, registrytoken: registryToken } = entry;
  if (!username && !identityToken && !registryToken) return undefined;
  return { username, password, identityToken, registryToken };
}

/** `*` stands for one label of the host's name or a part of it; a path is a prefix of the repository. */
function matches(key: string, target: string): boolean {
  const [host = '', ...path] = key.split('/');
  const [targetHost = '', ...targetPath] = target.split('/');
  const labels = host.split('.');
  const targetLabels = targetHost.split('.');
  if (labels.length !== targetLabels.length) return false;
  const hostFits = labels.every((label, i) => {
    const pattern = label.split('*').map((part) => part.replaceAll(/[\\^$.|?+()[\]{}]/g, '\\$&'));
    return new RegExp(`^${pattern.join('[^.]*')}$`).test(targetLabels[i]!);
  });
  return hostFits && path.every((part, i) => part === targetPath[i]);
}
