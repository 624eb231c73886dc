import type { HostPort } from '../state/pod_info.ts';
import { portsConflict } from '../state/pod_info.ts';
import { resolvable, type SchedulerPlugin } from './plugin.ts';

const failure = resolvable("node(s) didn't have free ports for the requested pod ports");

export const nodePorts: SchedulerPlugin = {
  name: 'NodePorts',
  filter({ hostPorts }) {
    if (hostPorts.length === 0) return undefined;
    return { test: (node) => (conflict(hostPorts, node.hostPorts) ? failure : undefined) };
  },
  wakesOn: (event, { hostPorts }) =>
    (event.type === 'node' && event.what.has('new')) ||
    (event.type === 'podGone' && conflict(hostPorts, event.pod.hostPorts)),
};

function conflict(wanted: readonly HostPort[], used: readonly HostPort[]): boolean {
  return wanted.some((port) => used.some((other) => portsConflict(port, other)));
}
