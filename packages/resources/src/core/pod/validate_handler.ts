// Probes and lifecycle hooks: what a container is asked, and how.
import {
  type FieldError,
  forbiddenField,
  type HTTPGetAction,
  invalidValue,
  type Lifecycle,
  type LifecycleHandler,
  notSupported,
  type Probe,
  required,
} from '@kubets/api';
import { httpHeaderName, portName } from '../../rules/names.ts';
import { type IntOrString, portNumber, validateNonNegative } from '../../rules/numbers.ts';

type Handler = Omit<LifecycleHandler & Probe, 'sleep'> & { sleep?: { seconds?: number } };

export interface HandlerOptions {
  terminationGracePeriodSeconds?: number;
}

export function validateProbes(
  probes: { livenessProbe?: Probe; readinessProbe?: Probe; startupProbe?: Probe },
  path: string,
  options: HandlerOptions,
): FieldError[] {
  const errors: FieldError[] = [];
  for (const name of ['livenessProbe', 'readinessProbe', 'startupProbe'] as const) {
    const probe = probes[name];
    if (!probe) continue;
    errors.push(...validateProbe(probe, `${path}.${name}`, options));
    if (name === 'readinessProbe') {
      if (probe.terminationGracePeriodSeconds !== undefined)
        errors.push(
          invalidValue(
            `${path}.${name}.terminationGracePeriodSeconds`,
            probe.terminationGracePeriodSeconds,
            'must not be set for readinessProbes',
          ),
        );
    } else if (probe.successThreshold !== 1)
      errors.push(invalidValue(`${path}.${name}.successThreshold`, probe.successThreshold ?? 0, 'must be 1'));
  }
  return errors;
}

function validateProbe(probe: Probe, path: string, options: HandlerOptions): FieldError[] {
  const grace = probe.terminationGracePeriodSeconds;
  return [
    ...validateHandler(probe, path, options),
    ...validateNonNegative(probe.initialDelaySeconds, `${path}.initialDelaySeconds`),
    ...validateNonNegative(probe.timeoutSeconds, `${path}.timeoutSeconds`),
    ...validateNonNegative(probe.periodSeconds, `${path}.periodSeconds`),
    ...validateNonNegative(probe.successThreshold, `${path}.successThreshold`),
    ...validateNonNegative(probe.failureThreshold, `${path}.failureThreshold`),
    ...(grace !== undefined && grace <= 0
      ? [invalidValue(`${path}.terminationGracePeriodSeconds`, grace, 'must be greater than 0')]
      : []),
  ];
}

export function validateLifecycle(
  lifecycle: Lifecycle | undefined,
  path: string,
  options: HandlerOptions,
): FieldError[] {
  if (!lifecycle) return [];
  const { postStart, preStop } = lifecycle;
  return [
    ...(postStart ? validateHandler(postStart, `${path}.postStart`, options) : []),
    ...(preStop ? validateHandler(preStop, `${path}.preStop`, options) : []),
  ];
}

function validateHandler(handler: Handler, path: string, options: HandlerOptions): FieldError[] {
  const rules: [name: string, check: (() => FieldError[]) | undefined][] = [
    [
      'exec',
      handler.exec && (() => (handler.exec!.command?.length ? [] : [required(`${path}.exec.command`)])),
    ],
    ['httpGet', handler.httpGet && (() => validateHttpGet(handler.httpGet!, `${path}.httpGet`))],
    [
      'tcpSocket',
      handler.tcpSocket && (() => validatePortOrName(handler.tcpSocket!.port, `${path}.tcpSocket.port`)),
    ],
    ['grpc', handler.grpc && (() => validatePortOrName(handler.grpc!.port, `${path}.grpc.port`))],
    ['sleep', handler.sleep && (() => validateSleep(handler.sleep!.seconds ?? 0, `${path}.sleep`, options))],
  ];
  const [first, ...more] = rules.filter(([, check]) => check);
  if (!first) return [required(path, 'must specify a handler type')];
  return [
    ...first[1]!(),
    ...more.map(([name]) => forbiddenField(`${path}.${name}`, 'may not specify more than 1 handler type')),
  ];
}

function validateHttpGet(action: HTTPGetAction, path: string): FieldError[] {
  const errors = action.path ? [] : [required(`${path}.path`)];
  errors.push(...validatePortOrName(action.port, `${path}.port`));
  if (action.scheme !== 'HTTP' && action.scheme !== 'HTTPS')
    errors.push(notSupported(`${path}.scheme`, action.scheme ?? '', ['HTTP', 'HTTPS']));
  for (const header of action.httpHeaders ?? [])
    for (const message of httpHeaderName(header.name ?? ''))
      errors.push(invalidValue(`${path}.httpHeaders`, header.name ?? '', message));
  return errors;
}

export function validatePortOrName(port: IntOrString | undefined, path: string): FieldError[] {
  const value = port ?? 0;
  const messages = typeof value === 'number' ? portNumber(value) : portName(value);
  return messages.map((message) => invalidValue(path, value, message));
}

function validateSleep(seconds: number, path: string, options: HandlerOptions): FieldError[] {
  const grace = options.terminationGracePeriodSeconds;
  if (grace === undefined || (seconds >= 0 && seconds <= grace)) return [];
  return [
    invalidValue(
      path,
      seconds,
      `must be non-negative and less than terminationGracePeriodSeconds (${grace})`,
    ),
  ];
}
