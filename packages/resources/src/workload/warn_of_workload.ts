import type { KubeObject, PodTemplateSpec } from '@kubets/api';
import { warnOfPod } from '../core/pod/warn_of_pod.ts';
import { dns1123Label } from '../rules/names.ts';

type WithTemplate = KubeObject & { spec?: { template?: PodTemplateSpec } };

/** Names of these objects end up in names of pods, and so in host names. */
export function warnOfName({ metadata }: KubeObject, old: unknown): string[] {
  const messages = old ? [] : dns1123Label(metadata.name);
  return messages.length === 0
    ? []
    : [
        `metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended: [${messages.join(' ')}]`,
      ];
}

/** For kinds that make pods of `spec.template`. */
export function warnOfWorkload(next: WithTemplate, old?: WithTemplate): string[] {
  return [...warnOfName(next, old), ...warnOfTemplate(next.spec?.template, 'spec.template', next, old)];
}

/** Of an update, only one that changed something of the spec is worth a word. */
export function warnOfTemplate(
  template: PodTemplateSpec | undefined,
  path: string,
  next: KubeObject,
  old: KubeObject | undefined,
): string[] {
  const changed = !old || old.metadata.generation !== next.metadata.generation;
  return template && changed ? warnOfPod(template, path) : [];
}
