import { expect, test } from 'vitest';
import { resourceOf } from './open_api_server_store.ts';

test.each([
  ['/registry/pods/default/a', '', 'pods'],
  ['/registry/services/specs/default/a', '', 'services'],
  ['/registry/minions/a', '', 'nodes'],
  ['/registry/deployments/default/a', 'apps', 'deployments'],
  ['/registry/ingress/default/a', 'networking.k8s.io', 'ingresses'],
  [
    '/registry/apiextensions.k8s.io/customresourcedefinitions/a',
    'apiextensions.k8s.io',
    'customresourcedefinitions',
  ],
  ['/registry/example.com/widgets/default/a', 'example.com', 'widgets'],
  ['/registry/kubets/anything/192.0.2.2', '', 'kubets'],
])('encryption knows whose value %s is', (key, group, resource) => {
  expect(resourceOf(key)).toEqual({ group, resource });
});
