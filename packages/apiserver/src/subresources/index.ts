// Subresources that are more than a part of their object: one line each.
import type { Endpoint } from '../call.ts';
import type { SubresourceEndpoints } from '../routes/resource_routes.ts';
import type { Target } from '../routes/target.ts';
import type { ServerContext } from '../server_context.ts';
import { bindingEndpoint } from './pod_binding.ts';
import { evictionEndpoint } from './pod_eviction.ts';
import { logEndpoint, streamEndpoint } from './pod_streams.ts';
import { proxyEndpoint } from './proxies.ts';
import { tokenEndpoint } from './service_account_token.ts';

type Make = (server: ServerContext, target: Target) => Endpoint;

const makers: Readonly<Record<string, Make>> = {
  '/pods/binding': bindingEndpoint,
  '/pods/eviction': (server, pods) =>
    evictionEndpoint(server, pods, () => server.routes.find('policy', 'v1', 'poddisruptionbudgets')?.target),
  '/pods/log': logEndpoint,
  '/pods/exec': (server, pods) => streamEndpoint(server, pods, 'exec'),
  '/pods/attach': (server, pods) => streamEndpoint(server, pods, 'attach'),
  '/pods/portforward': (server, pods) => streamEndpoint(server, pods, 'portforward'),
  '/pods/proxy': proxyEndpoint,
  '/services/proxy': proxyEndpoint,
  '/nodes/proxy': proxyEndpoint,
  '/serviceaccounts/token': tokenEndpoint,
};

export function specialSubresources(server: ServerContext): SubresourceEndpoints {
  return (target, subresource) => {
    const { group, resource } = target.resource.id;
    const make = makers[`${group}/${resource}/${subresource.name}`];
    if (!make) return undefined;
    const endpoint = make(server, target);
    return Object.fromEntries(subresource.verbs.map((verb) => [verb, endpoint]));
  };
}
