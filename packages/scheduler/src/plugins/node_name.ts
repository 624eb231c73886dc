import { type SchedulerPlugin, unresolvable } from './plugin.ts';

const failure = unresolvable("node(s) didn't match the requested node name");

export const nodeName: SchedulerPlugin = {
  name: 'NodeName',
  filter({ pod }) {
    const wanted = pod.spec.nodeName;
    return wanted ? { test: (node) => (node.name === wanted ? undefined : failure) } : undefined;
  },
  wakesOn: (event, { pod }) =>
    event.type === 'node' && event.what.has('new') && event.node.name === pod.spec.nodeName,
};
