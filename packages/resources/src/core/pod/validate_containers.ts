// Containers of a pod: main ones, those that run before, those added for debugging.
import {
  type Container,
  type ContainerPort,
  duplicate,
  type EphemeralContainer,
  type FieldError,
  forbiddenField,
  invalidValue,
  notFoundValue,
  notSupported,
  type PodSpec,
  required,
  tooMany,
  type Volume,
} from '@kubets/api';
import { validateOneOf, validateOneOfListed } from '../../rules/enums.ts';
import { dns1123Label, portName } from '../../rules/names.ts';
import { portNumber } from '../../rules/numbers.ts';
import { isSidecar } from './pod_resources.ts';
import { validateEnv, validateEnvFrom } from './validate_env.ts';
import { validateLifecycle, validateProbes } from './validate_handler.ts';
import { validateVolumeDevices, validateVolumeMounts } from './validate_mounts.ts';
import { validateContainerResources } from './validate_resources.ts';
import { validateContainerSecurity } from './validate_security.ts';

export interface ContainersContext {
  spec: PodSpec;
  volumes: ReadonlyMap<string, Volume>;
  claims: ReadonlySet<string>;
}

export function validateContainers(context: ContainersContext, path: string): FieldError[] {
  const { spec } = context;
  const containers = spec.containers ?? [];
  if (containers.length === 0) return [required(path)];
  const errors: FieldError[] = [];
  const names = new Set<string>();
  containers.forEach((container, i) => {
    const at = `${path}[${i}]`;
    errors.push(...validateContainer(container, context, at));
    if (names.has(container.name)) errors.push(duplicate(`${at}.name`, container.name));
    names.add(container.name);
    errors.push(...validateLifecycle(container.lifecycle, `${at}.lifecycle`, spec));
    errors.push(...validateProbes(container, at, spec), ...validateRestartRules(container, at));
  });
  return [...errors, ...validateHostPorts(containers, path)];
}

export function validateInitContainers(context: ContainersContext, path: string): FieldError[] {
  const { spec } = context;
  const errors: FieldError[] = [];
  const names = new Set(spec.containers?.map(({ name }) => name));
  spec.initContainers?.forEach((container, i) => {
    const at = `${path}[${i}]`;
    errors.push(...validateContainer(container, context, at), ...validateRestartRules(container, at));
    if (names.has(container.name)) errors.push(duplicate(`${at}.name`, container.name));
    else if (container.name) names.add(container.name);
    errors.push(...validateHostPorts([container], path));
    if (isSidecar(container)) {
      errors.push(...validateLifecycle(container.lifecycle, `${at}.lifecycle`, spec));
      errors.push(...validateProbes(container, at, spec));
      return;
    }
    for (const field of ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const)
      if (container[field])
        errors.push(
          forbiddenField(`${at}.${field}`, 'may not be set for init containers without restartPolicy=Always'),
        );
    container.resizePolicy?.forEach((policy, j) => {
      if (policy.restartPolicy === 'RestartContainer')
        errors.push(
          invalidValue(
            `${at}.resizePolicy[${j}].restartPolicy`,
            policy.restartPolicy,
            "must not be set to 'RestartContainer' for non-sidecar initContainers",
          ),
        );
    });
  });
  return errors;
}

const ephemeralMayNotHave = [
  'ports',
  'resources',
  'resizePolicy',
  'restartPolicy',
  'restartPolicyRules',
  'livenessProbe',
  'readinessProbe',
  'startupProbe',
  'lifecycle',
] as const;

export function validateEphemeralContainers(context: ContainersContext, path: string): FieldError[] {
  const { spec } = context;
  const errors: FieldError[] = [];
  const others = new Set(
    [...(spec.containers ?? []), ...(spec.initContainers ?? [])].map(({ name }) => name),
  );
  const names = new Set(others);
  spec.ephemeralContainers?.forEach((container: EphemeralContainer, i) => {
    const at = `${path}[${i}]`;
    errors.push(...validateContainer(container as Container, context, at), ...validateImage(container, at));
    if (names.has(container.name)) errors.push(duplicate(`${at}.name`, container.name));
    names.add(container.name);
    const target = container.targetContainerName;
    if (target && !others.has(target)) errors.push(notFoundValue(`${at}.targetContainerName`, target));
    for (const field of ephemeralMayNotHave)
      if (isSet(container[field]))
        errors.push(forbiddenField(`${at}.${field}`, 'cannot be set for an Ephemeral Container'));
    container.volumeMounts?.forEach((mount, j) => {
      for (const field of ['subPath', 'subPathExpr'] as const)
        if (mount[field])
          errors.push(
            forbiddenField(`${at}.volumeMounts[${j}].${field}`, 'cannot be set for an Ephemeral Container'),
          );
    });
  });
  return errors;
}

function isSet(value: unknown): boolean {
  if (value == null) return false;
  return typeof value !== 'object' || Object.keys(value).length > 0;
}

function validateContainer(container: Container, context: ContainersContext, path: string): FieldError[] {
  const { spec, volumes, claims } = context;
  const name = container.name ?? '';
  const errors = name
    ? dns1123Label(name).map((message) => invalidValue(`${path}.name`, name, message))
    : [required(`${path}.name`)];
  if (!container.image) errors.push(required(`${path}.image`));
  return [
    ...errors,
    ...validateOneOfListed(
      container.terminationMessagePolicy,
      ['File', 'FallbackToLogsOnError'],
      `${path}.terminationMessagePolicy`,
    ),
    ...validatePorts(container.ports, `${path}.ports`),
    ...validateEnv(container.env, `${path}.env`),
    ...validateEnvFrom(container.envFrom, `${path}.envFrom`),
    ...validateVolumeMounts(container, volumes, `${path}.volumeMounts`),
    ...validateVolumeDevices(
      container.volumeDevices,
      container.volumeMounts,
      volumes,
      `${path}.volumeDevices`,
    ),
    ...validateOneOf(
      container.imagePullPolicy,
      ['Always', 'IfNotPresent', 'Never'],
      `${path}.imagePullPolicy`,
    ),
    ...validateContainerResources(container.resources, claims, `${path}.resources`),
    ...validateResizePolicy(container, spec.restartPolicy, `${path}.resizePolicy`),
    ...validateContainerSecurity(
      container.securityContext,
      `${path}.securityContext`,
      spec.hostUsers !== false,
    ),
  ];
}

/** Only pods, not templates, say what an image may not look like. */
export function validateImage({ image = '' }: { image?: string }, path: string): FieldError[] {
  return image.trim() === image
    ? []
    : [invalidValue(`${path}.image`, image, 'must not have leading or trailing whitespace')];
}

function validatePorts(ports: ContainerPort[] = [], path: string): FieldError[] {
  const errors: FieldError[] = [];
  const names = new Set<string>();
  ports.forEach(({ name, containerPort, hostPort, protocol }, i) => {
    const at = `${path}[${i}]`;
    const check = (field: string, port: number) =>
      errors.push(...portNumber(port).map((message) => invalidValue(`${at}.${field}`, port, message)));
    if (name) {
      const messages = portName(name);
      errors.push(...messages.map((message) => invalidValue(`${at}.name`, name, message)));
      if (messages.length === 0 && names.has(name)) errors.push(duplicate(`${at}.name`, name));
      if (messages.length === 0) names.add(name);
    }
    if (!containerPort) errors.push(required(`${at}.containerPort`));
    else check('containerPort', containerPort);
    if (hostPort) check('hostPort', hostPort);
    errors.push(...validateOneOf(protocol, ['SCTP', 'TCP', 'UDP'], `${at}.protocol`));
  });
  return errors;
}

function validateHostPorts(containers: Container[], path: string): FieldError[] {
  const errors: FieldError[] = [];
  const taken = new Set<string>();
  containers.forEach((container, i) => {
    container.ports?.forEach(({ hostPort, hostIP = '', protocol }, j) => {
      if (!hostPort) return;
      const key = `${protocol}/${hostIP}/${hostPort}`;
      if (taken.has(key)) errors.push(duplicate(`${path}[${i}].ports[${j}].hostPort`, key));
      taken.add(key);
    });
  });
  return errors;
}

function validateResizePolicy(
  container: Container,
  podRestartPolicy: string | undefined,
  path: string,
): FieldError[] {
  const seen = new Set<string>();
  return (container.resizePolicy ?? []).flatMap(({ resourceName, restartPolicy }, i) => {
    const errors = seen.has(resourceName) ? [duplicate(`${path}[${i}]`, resourceName)] : [];
    seen.add(resourceName);
    errors.push(...validateOneOf(resourceName, ['cpu', 'memory'], path));
    errors.push(...validateOneOf(restartPolicy, ['NotRequired', 'RestartContainer'], path));
    if (podRestartPolicy === 'Never' && restartPolicy !== 'NotRequired')
      errors.push(
        invalidValue(path, restartPolicy, "must be 'NotRequired' when pod `restartPolicy` is 'Never'"),
      );
    return errors;
  });
}

/** A restart policy of one container (KEP-753, KEP-5307). */
function validateRestartRules(container: Container, path: string): FieldError[] {
  const { restartPolicy, restartPolicyRules: rules = [] } = container;
  const errors: FieldError[] = [];
  if (restartPolicy === undefined) {
    if (rules.length > 0)
      errors.push(
        required(`${path}.restartPolicy`, 'must specify restartPolicy when restart rules are used'),
      );
  } else if (!['Always', 'Never', 'OnFailure'].includes(restartPolicy))
    errors.push(notSupported(`${path}.restartPolicy`, restartPolicy, ['Always', 'Never', 'OnFailure']));
  if (rules.length > 20) errors.push(tooMany(`${path}.restartPolicyRules`, rules.length, 20));
  rules.forEach(({ action, exitCodes }, i) => {
    const at = `${path}.restartPolicyRules[${i}]`;
    const actions = ['Restart', 'RestartAllContainers'];
    if (!actions.includes(action)) errors.push(notSupported(`${at}.action`, action ?? '', actions));
    if (!exitCodes) {
      errors.push(required(`${at}.exitCodes`, 'must be specified'));
      return;
    }
    if (!['In', 'NotIn'].includes(exitCodes.operator))
      errors.push(notSupported(`${at}.exitCodes.operator`, exitCodes.operator ?? '', ['In', 'NotIn']));
    const count = exitCodes.values?.length ?? 0;
    if (count > 255) errors.push(tooMany(`${at}.exitCodes.values`, count, 255));
  });
  return errors;
}
