// Checks of the kernel's own guards: seccomp, AppArmor and SELinux.
import { goQuote, type SELinuxOptions } from '@kubets/api';
import {
  badContainers,
  badSetters,
  type CheckedPod,
  containersOf,
  type Finding,
  type PodCheck,
  plural,
  quoted,
  sorted,
} from './finding.ts';

const goodProfiles = ['RuntimeDefault', 'Localhost'];

function explicitSeccomp({ spec }: CheckedPod): Finding | undefined {
  const types = new Set<string>();
  const bad = badSetters(spec, ({ seccompProfile }) => {
    if (!seccompProfile || goodProfiles.includes(seccompProfile.type)) return false;
    types.add(seccompProfile.type);
    return true;
  });
  if (!bad) return undefined;
  return {
    reason: 'seccompProfile',
    detail: `${bad} must not set securityContext.seccompProfile.type to ${quoted(sorted(types))}`,
  };
}

export const baselineSeccomp: PodCheck = explicitSeccomp;

export const restrictedSeccomp: PodCheck = (pod) => {
  const explicit = explicitSeccomp(pod);
  if (explicit || pod.spec.securityContext?.seccompProfile) return explicit;
  const silent = badContainers(pod.spec, ({ securityContext }) => !securityContext?.seccompProfile);
  return (
    silent && {
      reason: 'seccompProfile',
      detail: `pod or ${silent.text} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"`,
    }
  );
};

const seccompAnnotation = 'seccomp.security.alpha.kubernetes.io/pod';
const seccompContainerAnnotation = 'container.seccomp.security.alpha.kubernetes.io/';

/** Before 1.19, when profiles were annotations. */
export const annotatedSeccomp: PodCheck = ({ metadata, spec }) => {
  const keys = [
    seccompAnnotation,
    ...containersOf(spec).map(({ name }) => `${seccompContainerAnnotation}${name}`),
  ];
  const forbidden = keys.flatMap((key) => {
    const value = metadata?.annotations?.[key];
    if (value === undefined || /^(runtime\/default$|docker\/default$|localhost\/)/.test(value)) return [];
    return [`${key}=${goQuote(value)}`];
  });
  if (forbidden.length === 0) return undefined;
  const all = sorted(forbidden);
  return {
    reason: 'seccompProfile',
    detail: `forbidden ${plural(all.length, 'annotation')} ${all.join(', ')}`,
  };
};

const appArmorAnnotation = 'container.apparmor.security.beta.kubernetes.io/';

export const appArmor: PodCheck = ({ metadata, spec }) => {
  const types = new Set<string>();
  const setters = badSetters(spec, ({ appArmorProfile }) => {
    if (!appArmorProfile || goodProfiles.includes(appArmorProfile.type)) return false;
    types.add(appArmorProfile.type);
    return true;
  });
  const annotations = Object.entries(metadata?.annotations ?? {})
    .filter(
      ([key, value]) =>
        key.startsWith(appArmorAnnotation) && !/^($|runtime\/default$|localhost\/)/.test(value),
    )
    .map(([key, value]) => `${key}=${goQuote(value)}`)
    .sort();
  const who = [
    ...(setters ? [setters] : []),
    ...(annotations.length ? [plural(annotations.length, 'annotation')] : []),
  ];
  if (who.length === 0) return undefined;
  const values = [...sorted(types), ...annotations];
  return {
    reason: plural(values.length, 'forbidden AppArmor profile'),
    detail: `${who.join(' and ')} must not set AppArmor profile type to ${quoted(values)}`,
  };
};

export const seLinuxTypes = {
  v1_0: ['', 'container_t', 'container_init_t', 'container_kvm_t'],
  v1_31: ['', 'container_t', 'container_init_t', 'container_kvm_t', 'container_engine_t'],
};

export function seLinux(allowed: readonly string[]): PodCheck {
  return ({ spec }) => {
    const found: SELinuxOptions[] = [];
    const bad = badSetters(spec, ({ seLinuxOptions: options }) => {
      if (!options || (allowed.includes(options.type ?? '') && !options.user && !options.role)) return false;
      found.push(options);
      return true;
    });
    if (!bad) return undefined;
    const types = sorted(found.map(({ type }) => type ?? '')).filter((type) => !allowed.includes(type));
    const wrong = [
      ...(types.length ? [`${plural(types.length, 'type')} ${quoted(types)}`] : []),
      ...(found.some(({ user }) => user) ? ['user may not be set'] : []),
      ...(found.some(({ role }) => role) ? ['role may not be set'] : []),
    ];
    return {
      reason: 'seLinuxOptions',
      detail: `${bad} set forbidden securityContext.seLinuxOptions: ${wrong.join('; ')}`,
    };
  };
}
