/** Whether the kubelet should ask the registry each time: the tag is `latest`, said or implied. */
export function defaultPullPolicy(image: string | undefined): 'Always' | 'IfNotPresent' {
  return imageTag(image ?? '') === 'latest' ? 'Always' : 'IfNotPresent';
}

const repository = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*$/;
const domain = /^(?:localhost|[^/]*[.:A-Z][^/]*)$/;
const domainLabel = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])';
const domainForm = new RegExp(`^(?:${domainLabel}(?:\\.${domainLabel})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?$`);
const maxRepositoryLength = 255;

/** The tag of a reference, `latest` where it has neither tag nor digest, undefined where it is no reference. */
export function imageTag(image: string): string | undefined {
  // It would be read as the ID of an image.
  if (/^[a-f0-9]{64}$/.test(image)) return undefined;
  const [beforeDigest, digest, ...more] = image.split('@');
  if (more.length > 0) return undefined;
  const name = beforeDigest!;
  const colon = name.lastIndexOf(':');
  const hasTag = colon > name.lastIndexOf('/');
  const tag = hasTag ? name.slice(colon + 1) : '';
  if (hasTag && !/^\w[\w.-]{0,127}$/.test(tag)) return undefined;
  const parts = (hasTag ? name.slice(0, colon) : name).split('/');
  let path = parts.join('/');
  if (parts.length > 1 && domain.test(parts[0]!)) {
    if (!domainForm.test(parts[0]!)) return undefined;
    path = parts.slice(1).join('/');
  } else if (parts.length === 1) path = `library/${path}`;
  if (!repository.test(path) || path.length > maxRepositoryLength) return undefined;
  return tag || (digest === undefined ? 'latest' : '');
}
