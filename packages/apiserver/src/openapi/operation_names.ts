// Names of groups in operationIds and tags: `RbacAuthorizationV1`, `rbacAuthorization_v1`.

interface Named {
  group: string;
  version: string;
}

export function apiName({ group, version }: Named): string {
  return groupName(group) + pascal(version);
}

export function tagOf({ group, version }: Named): string {
  return `${groupTag(group)}_${version}`;
}

/** `RbacAuthorization` */
export function groupName(group: string): string {
  return parts(group).map(pascal).join('');
}

/** `rbacAuthorization` */
export function groupTag(group: string): string {
  const [first = '', ...rest] = parts(group);
  return first + rest.map(pascal).join('');
}

function parts(group: string): string[] {
  return group === '' ? ['core'] : group.replace(/\.k8s\.io$/, '').split('.');
}

export function pascal(text: string): string {
  return text ? text[0]!.toUpperCase() + text.slice(1) : '';
}
