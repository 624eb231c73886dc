import { json, type KubeletAnswer, type KubeletApi } from './kubelet_request.ts';

/** GET /configz: the settings that have a place in KubeletConfiguration. */
export function configz({ node }: KubeletApi): KubeletAnswer {
  return json({
    kubeletconfig: {
      port: node.kubeletPort,
      clusterDomain: node.clusterDomain,
      clusterDNS: [...node.clusterDns],
      maxPods: node.maxPods ?? 110,
      resolvConf: node.resolvConf,
      cgroupDriver: node.cgroup.driver,
      cgroupRoot: node.cgroup.root,
      podLogsDir: node.podLogsDir,
      containerLogMaxSize: '10Mi',
      containerLogMaxFiles: 5,
      syncFrequency: '1m0s',
      nodeStatusUpdateFrequency: '10s',
      nodeStatusReportFrequency: '5m0s',
      nodeLeaseDurationSeconds: 40,
      imageGCHighThresholdPercent: 85,
      imageGCLowThresholdPercent: 80,
      allowedUnsafeSysctls: [...(node.allowedUnsafeSysctls ?? [])],
      providerID: node.providerID ?? '',
    },
  });
}
