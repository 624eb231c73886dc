import type { ServerContext } from '../server_context.ts';

/** Everything `/metrics` shows, line by line. */
export function* serverMetrics({ cache, metrics }: ServerContext): Generator<string> {
  yield* metrics.lines();
  yield '# HELP apiserver_storage_objects Objects stored, by resource.';
  yield '# TYPE apiserver_storage_objects gauge';
  for (const { resource, size } of cache.histories())
    yield `apiserver_storage_objects{resource="${nameOf(resource.id)}"} ${size}`;
  yield '# HELP apiserver_longrunning_requests Watches under way, by resource.';
  yield '# TYPE apiserver_longrunning_requests gauge';
  for (const { resource, watcherCount } of cache.histories())
    if (watcherCount > 0)
      yield `apiserver_longrunning_requests{component="apiserver",group="${resource.id.group}",resource="${resource.id.resource}",verb="WATCH",version="${resource.id.version}"} ${watcherCount}`;
  yield '# HELP apiserver_watch_cache_resource_version The revision that the caches hold.';
  yield '# TYPE apiserver_watch_cache_resource_version gauge';
  yield `apiserver_watch_cache_resource_version ${cache.revision}`;
}

function nameOf({ group, resource }: { group: string; resource: string }): string {
  return group ? `${resource}.${group}` : resource;
}
