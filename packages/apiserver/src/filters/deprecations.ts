import type { Filter } from '../call.ts';
import type { RequestInfo } from '../request_info.ts';

interface Deprecation {
  group: string;
  version: string;
  resource: string;
  warning: string;
}

/** Served APIs that clients are told to leave (deprecation policy, rule 6). */
const deprecations: readonly Deprecation[] = [
  {
    group: '',
    version: 'v1',
    resource: 'endpoints',
    warning: 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',
  },
  {
    group: '',
    version: 'v1',
    resource: 'componentstatuses',
    warning: 'v1 ComponentStatus is deprecated in v1.19+',
  },
];

export const warnOfDeprecations: Filter = (call, next) => {
  const { info } = call;
  if (info.isResource) {
    const found = deprecationOf(info);
    if (found) call.warnings.push(found.warning);
  }
  return next(call);
};

function deprecationOf({ group, version, resource }: RequestInfo): Deprecation | undefined {
  return deprecations.find(
    (each) => each.resource === resource && each.group === group && each.version === version,
  );
}
