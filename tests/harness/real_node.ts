import { existsSync } from 'node:fs';

/** Why this machine can't run a real node, or undefined when it can. */
export const nodeReason: string | undefined =
  process.platform !== 'linux'
    ? 'not Linux'
    : process.getuid?.() !== 0
      ? 'not root'
      : !existsSync('/usr/bin/containerd')
        ? 'containerd is not installed'
        : !existsSync('/usr/lib/cni/bridge')
          ? 'the CNI plugins are not installed'
          : undefined;
