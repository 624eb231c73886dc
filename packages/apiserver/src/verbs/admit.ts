import type { UserInfo } from '@kubets/api';
import type { AdmissionPlugin, AdmissionRequest } from '../access.ts';
import type { Target } from '../routes/target.ts';

export interface AdmissionSubject {
  operation: AdmissionRequest['operation'];
  object: any;
  old: any;
  name: string;
  subresource?: string;
  /** Of the object, where a subresource has its own. */
  kind?: string;
  dryRun: boolean;
  options?: any;
}

export function admissionRequest(
  target: Target,
  call: { info: { namespace: string }; user: UserInfo; warnings: string[]; audit: Record<string, string> },
  subject: AdmissionSubject,
): AdmissionRequest {
  const { id } = target.resource;
  return {
    operation: subject.operation,
    group: id.group,
    version: id.version,
    resource: id.resource,
    subresource: subject.subresource ?? '',
    kind: subject.kind ?? id.kind,
    namespace: target.namespaced || id.resource === 'namespaces' ? call.info.namespace : '',
    name: subject.name,
    user: call.user,
    dryRun: subject.dryRun,
    object: subject.object,
    old: subject.old,
    options: subject.options,
    warn: (message) => call.warnings.push(message),
    annotate: (key, value) => {
      call.audit[key] = value;
    },
  };
}

/** The mutating half: plugins in order change `request.object`. */
export async function admit(plugins: readonly AdmissionPlugin[], request: AdmissionRequest): Promise<void> {
  for (const plugin of plugins) {
    if (!plugin.admit || !plugin.handles(request)) continue;
    const done = plugin.admit(request);
    if (done) await done;
  }
}

/** The validating half, on the object as it will be written. */
export async function validateAdmission(
  plugins: readonly AdmissionPlugin[],
  request: AdmissionRequest,
): Promise<void> {
  for (const plugin of plugins) {
    if (!plugin.validate || !plugin.handles(request)) continue;
    const done = plugin.validate(request);
    if (done) await done;
  }
}
