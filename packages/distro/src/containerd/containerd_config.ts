// The configuration of a cluster's own containerd (1.6 and 1.7 read this version 2 form; 2.x migrates it).
import type { ClusterPaths } from '../cluster/paths.ts';
import { pauseImageName } from '../images/pause_image.ts';

export interface ContainerdConfigOptions {
  paths: ClusterPaths;
  /** Folder of the CNI plugins, e.g. `/usr/lib/cni`. */
  cniPlugins: string;
  /** Set where the machine may not lower oom_score_adj: without it runc fails at start. */
  restrictOomScoreAdj: boolean;
  /** On cgroup v2 with systemd as process 1. */
  systemdCgroup: boolean;
}

export function containerdConfig(options: ContainerdConfigOptions): string {
  const { paths } = options;
  const text = (value: string) => JSON.stringify(value);
  return `version = 2
root = ${text(paths.containerdRoot)}
state = ${text(paths.containerdState)}
disabled_plugins = ["io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.zfs", "io.containerd.tracing.processor.v1.otlp", "io.containerd.internal.v1.tracing"]

[grpc]
  address = ${text(paths.containerdSocket)}

[ttrpc]
  address = ${text(paths.containerdSocket + '.ttrpc')}

[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = ${text(pauseImageName)}
  restrict_oom_score_adj = ${options.restrictOomScoreAdj}
  stream_server_address = "127.0.0.1"
  stream_server_port = "0"
  max_container_log_line_size = 16384
  ignore_image_defined_volumes = false

  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = ${text(options.cniPlugins)}
    conf_dir = ${text(paths.cniConfig)}

  [plugins."io.containerd.grpc.v1.cri".containerd]
    default_runtime_name = "runc"

    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"

      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        SystemdCgroup = ${options.systemdCgroup}

[plugins."io.containerd.internal.v1.opt"]
  path = ${text(`${paths.containerdRoot}/opt`)}
`;
}
