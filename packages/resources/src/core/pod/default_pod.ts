// What the user of a pod may leave open (pkg/apis/core/v1/defaults.go).
import type { Container, Lifecycle, Pod, PodSpec, PodTemplateSpec, Probe } from '@kubets/api';
import { roundUpAmounts } from '../resource_names.ts';
import { defaultVolumes } from './default_volumes.ts';
import { defaultPullPolicy } from './image_tag.ts';
import { defaultPodLevelResources } from './pod_resources.ts';
import { keepAddressAliases } from './pod_status.ts';

export function defaultPod(pod: Pod): void {
  // Admission counts on a list; that it is empty is for validation to say.
  pod.spec.containers ??= [];
  // Of a pod alone, not of a template, a negative time is taken for the shortest one.
  if ((pod.spec.terminationGracePeriodSeconds ?? 0) < 0) pod.spec.terminationGracePeriodSeconds = 1;
  defaultPodSpec(pod.spec);
  defaultRunningPodSpec(pod.spec);
  if (pod.status) keepAddressAliases(pod.status);
}

/** Defaults that only pods get, not the templates that pods are made of. */
function defaultRunningPodSpec(spec: PodSpec): void {
  for (const container of [...(spec.containers ?? []), ...(spec.initContainers ?? [])])
    if (container.resources?.limits)
      container.resources.requests = { ...container.resources.limits, ...container.resources.requests };
  defaultPodLevelResources(spec);
  spec.enableServiceLinks ??= true;
  if (spec.hostNetwork)
    for (const container of [...(spec.containers ?? []), ...(spec.initContainers ?? [])])
      for (const port of container.ports ?? []) port.hostPort ||= port.containerPort;
}

export function defaultPodTemplateSpec(template: PodTemplateSpec): void {
  template.spec ??= { containers: [] };
  defaultPodSpec(template.spec);
}

export function defaultPodSpec(spec: PodSpec): void {
  spec.restartPolicy ||= 'Always';
  spec.dnsPolicy ||= 'ClusterFirst';
  spec.terminationGracePeriodSeconds ??= 30;
  spec.schedulerName ||= 'default-scheduler';
  spec.securityContext ??= {};
  keepServiceAccountAlias(spec);
  defaultVolumes(spec.volumes ?? []);
  for (const container of spec.initContainers ?? []) defaultContainer(container);
  for (const container of spec.containers ?? []) defaultContainer(container);
  for (const container of spec.ephemeralContainers ?? []) defaultContainer(container as Container);
  if (spec.overhead) spec.overhead = roundUpAmounts(spec.overhead);
  if (spec.resources) defaultResources(spec as { resources: NonNullable<PodSpec['resources']> });
}

/** `serviceAccount` is the old name of `serviceAccountName`; both are always served. */
export function keepServiceAccountAlias(spec: PodSpec): void {
  spec.serviceAccountName ||= spec.serviceAccount;
  if (spec.serviceAccountName) spec.serviceAccount = spec.serviceAccountName;
  else {
    delete spec.serviceAccount;
    delete spec.serviceAccountName;
  }
}

function defaultContainer(container: Container): void {
  container.imagePullPolicy ||= defaultPullPolicy(container.image);
  container.terminationMessagePath ||= '/dev/termination-log';
  container.terminationMessagePolicy ||= 'File';
  container.resources ??= {};
  defaultResources(container as { resources: NonNullable<Container['resources']> });
  for (const port of container.ports ?? []) port.protocol ||= 'TCP';
  for (const { valueFrom } of container.env ?? []) {
    if (valueFrom?.fieldRef) valueFrom.fieldRef.apiVersion ||= 'v1';
    if (valueFrom?.fileKeyRef) valueFrom.fileKeyRef.optional ??= false;
  }
  for (const probe of [container.livenessProbe, container.readinessProbe, container.startupProbe])
    if (probe) defaultProbe(probe);
  if (container.lifecycle) defaultLifecycle(container.lifecycle);
}

function defaultResources(owner: {
  resources: { limits?: Record<string, string>; requests?: Record<string, string> };
}) {
  const { resources } = owner;
  if (resources.limits) resources.limits = roundUpAmounts(resources.limits);
  if (resources.requests) resources.requests = roundUpAmounts(resources.requests);
}

function defaultProbe(probe: Probe): void {
  probe.timeoutSeconds ||= 1;
  probe.periodSeconds ||= 10;
  probe.successThreshold ||= 1;
  probe.failureThreshold ||= 3;
  if (probe.httpGet) defaultHttpGet(probe.httpGet);
  if (probe.grpc) probe.grpc.service ??= '';
}

function defaultLifecycle({ postStart, preStop }: Lifecycle): void {
  if (postStart?.httpGet) defaultHttpGet(postStart.httpGet);
  if (preStop?.httpGet) defaultHttpGet(preStop.httpGet);
}

function defaultHttpGet(action: { path?: string; scheme?: string }): void {
  action.path ||= '/';
  action.scheme ||= 'HTTP';
}
