// References to images, as `docker pull` takes them (distribution/reference).

export interface ImageName {
  /** `docker.io` where the name has no registry. */
  registry: string;
  /** `library/busybox` for `busybox`. */
  repository: string;
  tag?: string;
  digest?: string;
}

const tagPattern = /^[\w][\w.-]{0,127}$/;
const digestPattern = /^[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}$/;
const componentPattern = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const registryPattern = /^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9a-fA-F:]+\])(?::[0-9]+)?$/;

/** The parts of a name; undefined when it is not one. */
export function parseImageName(image: string): ImageName | undefined {
  const at = image.indexOf('@');
  const digest = at < 0 ? undefined : image.slice(at + 1);
  if (digest !== undefined && !digestPattern.test(digest)) return undefined;
  let path = at < 0 ? image : image.slice(0, at);
  const colon = path.lastIndexOf(':');
  let tag: string | undefined;
  // A colon before a slash belongs to the registry's port.
  if (colon > path.lastIndexOf('/')) {
    tag = path.slice(colon + 1);
    path = path.slice(0, colon);
    if (!tagPattern.test(tag)) return undefined;
  }
  const slash = path.indexOf('/');
  const head = path.slice(0, Math.max(slash, 0));
  const hasRegistry = slash > 0 && (/[.:]/.test(head) || head === 'localhost' || head !== head.toLowerCase());
  let registry = hasRegistry ? head : 'docker.io';
  let repository = hasRegistry ? path.slice(slash + 1) : path;
  if (registry === 'index.docker.io') registry = 'docker.io';
  if (!registryPattern.test(registry)) return undefined;
  if (!repository.split('/').every((component) => componentPattern.test(component))) return undefined;
  if (registry === 'docker.io' && !repository.includes('/')) repository = `library/${repository}`;
  return { registry, repository, tag, digest };
}

/** With `:latest` where a name has neither tag nor digest; undefined when it is no name. */
export function withDefaultTag(image: string): string | undefined {
  const name = parseImageName(image);
  if (!name) return undefined;
  return name.tag || name.digest ? image : `${image}:latest`;
}
