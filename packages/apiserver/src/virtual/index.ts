// Resources that are questions, not things: nothing of them is stored.
import type { Endpoint } from '../call.ts';
import type { VirtualRoutes } from '../routes/resource_routes.ts';
import type { ServerContext } from '../server_context.ts';
import { bindingEndpoint } from '../subresources/pod_binding.ts';
import { accessReviewEndpoint, rulesReviewEndpoint } from './access_reviews.ts';
import { selfReviewEndpoint, tokenReviewEndpoint } from './authentication_reviews.ts';
import { componentStatusEndpoints } from './component_statuses.ts';

const authorization = 'authorization.k8s.io';
const authentication = 'authentication.k8s.io';

export function virtualResources(server: ServerContext): VirtualRoutes[] {
  return [
    virtual(authorization, 'subjectaccessreviews', 'SubjectAccessReview', {
      create: accessReviewEndpoint(server, 'SubjectAccessReview'),
    }),
    virtual(authorization, 'selfsubjectaccessreviews', 'SelfSubjectAccessReview', {
      create: accessReviewEndpoint(server, 'SelfSubjectAccessReview'),
    }),
    virtual(authorization, 'selfsubjectrulesreviews', 'SelfSubjectRulesReview', {
      create: rulesReviewEndpoint(server),
    }),
    {
      ...virtual(authorization, 'localsubjectaccessreviews', 'LocalSubjectAccessReview', {
        create: accessReviewEndpoint(server, 'LocalSubjectAccessReview'),
      }),
      namespaced: true,
    },
    virtual(authentication, 'tokenreviews', 'TokenReview', { create: tokenReviewEndpoint(server) }),
    virtual(authentication, 'selfsubjectreviews', 'SelfSubjectReview', {
      create: selfReviewEndpoint(server),
    }),
    {
      ...virtual('', 'componentstatuses', 'ComponentStatus', componentStatusEndpoints(server)),
      shortNames: ['cs'],
      singular: 'componentstatus',
    },
    { ...virtual('', 'bindings', 'Binding', { create: oldBinding(server) }), namespaced: true },
  ];
}

function virtual(
  group: string,
  resource: string,
  kind: string,
  endpoints: Record<string, Endpoint>,
): VirtualRoutes {
  return {
    group,
    version: 'v1',
    resource,
    subresource: '',
    singular: kind.toLowerCase(),
    namespaced: false,
    kind: { group, version: 'v1', kind },
    shortNames: [],
    categories: [],
    endpoints,
    subresources: new Map(),
    target: undefined,
  };
}

// The pod is named in the body.
function oldBinding(server: ServerContext): Endpoint {
  let endpoint: Endpoint | undefined;
  return (call) => {
    endpoint ??= bindingEndpoint(server, server.routes.find('', 'v1', 'pods')!.target!);
    return endpoint(call);
  };
}
