/** Whether the kubelet should ask the registry each time: the tag is `latest`, said or implied. */
export function defaultPullPolicy(image: string | undefined): 'Always' | 'IfNotPresent' {
  return imageTag(image ?? '') === 'latest' ? 'Always' : 'IfNotPresent';
}

const repository = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*$/;
const domain = /^(?:localhost|[^/]*[.:A-Z][^/]*)$/;

/** The tag of a reference, `latest` where it has neither tag nor digest, undefined where it is no reference. */
export function imageTag(image: string): string | undefined {
  const [beforeDigest, digest, ...more] = image.split('@');
  if (more.length > 0) return undefined;
  const name = beforeDigest!;
  const colon = name.lastIndexOf(':');
  const hasTag = colon > name.lastIndexOf('/');
  const tag = hasTag ? name.slice(colon + 1) : '';
  if (hasTag && !/^\w[\w.-]{0,127}$/.test(tag)) return undefined;
  const parts = (hasTag ? name.slice(0, colon) : name).split('/');
  if (parts.length > 1 && domain.test(parts[0]!)) parts.shift();
  if (!repository.test(parts.join('/'))) return undefined;
  return tag || (digest === undefined ? 'latest' : '');
}
