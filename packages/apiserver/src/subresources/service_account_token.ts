// TokenRequest: a token for a service account, bound to a pod, node or secret if asked for (KEP-1205).
import {
  ApiError,
  badRequest,
  conflict,
  type FieldError,
  invalid,
  invalidValue,
  notFound,
} from '@kubets/api';
import { rfc3339 } from '@kubets/base';
import type { Endpoint } from '../call.ts';
import { decodeBody } from '../decode/body.ts';
import { writeOptions } from '../decode/write_options.ts';
import type { Target } from '../routes/target.ts';
import type { ServerContext } from '../server_context.ts';
import { admissionRequest, admit, validateAdmission } from '../verbs/admit.ts';
import { objectAnswer } from '../verbs/answer.ts';
import { currentStored, waitForFreshness } from '../verbs/get.ts';

const kind = {
  group: 'authentication.k8s.io',
  version: 'v1',
  kind: 'TokenRequest',
  type: 'authentication.v1.TokenRequest',
};
const groupKind = { group: kind.group, kind: kind.kind };
const oneHour = 3_600;
/** What kubelets ask for; such tokens of pods live longer, so that old clients that never read again go on (KEP-1205). */
const warnedAfterSeconds = oneHour + 7;
const extendedSeconds = 365 * 24 * oneHour;

export function tokenEndpoint(server: ServerContext, accounts: Target): Endpoint {
  return async (call) => {
    const { tokenIssuer } = server;
    if (!tokenIssuer)
      throw new ApiError({
        code: 404,
        reason: 'NotFound',
        message: 'the server does not issue service account tokens',
      });
    const options = writeOptions(call, 'CreateOptions');
    const request = decodeBody(call, kind, options.fieldValidation);
    const { namespace, name } = call.info;
    checkMeta(request.metadata, namespace, name);
    await waitForFreshness(server, null);
    const account: any = currentStored(accounts, namespace, name).object;
    const { uid } = account.metadata;
    if (request.metadata.uid && request.metadata.uid !== uid)
      throw conflict(
        { group: kind.group, resource: kind.kind },
        name,
        `the UID in the token request (${request.metadata.uid}) does not match the UID of the service account (${uid})`,
      );
    const nowMs = server.clock.now();
    request.metadata = { ...request.metadata, name, namespace, uid, creationTimestamp: rfc3339(nowMs) };
    const spec = (request.spec ??= {});
    if (!spec.audiences?.length) spec.audiences = [tokenIssuer.issuer];
    spec.expirationSeconds ??= oneHour;
    request.status = {};
    const errors = specErrors(spec);
    if (errors.length) throw invalid(groupKind, '', errors);
    const admission = admissionRequest(accounts, call, {
      operation: 'CREATE',
      object: request,
      old: undefined,
      name,
      subresource: 'token',
      kind: kind.kind,
      dryRun: options.dryRun,
    });
    await admit(server.admission, admission);
    await validateAdmission(server.admission, admission);
    const bound = boundObject(server, namespace, name, spec.boundObjectRef);
    const claims = claimsOf(server, account, spec, bound, nowMs, tokenIssuer.issuer);
    const token = await tokenIssuer.sign(claims);
    request.status = { token, expirationTimestamp: rfc3339(nowMs + spec.expirationSeconds * 1000) };
    spec.boundObjectRef ??= null;
    return objectAnswer(request, 201);
  };
}

function checkMeta(metadata: any, namespace: string, name: string): void {
  if (metadata.namespace && metadata.namespace !== namespace)
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  const errors: FieldError[] = [];
  if (metadata.name && metadata.name !== name)
    errors.push(
      invalidValue('metadata.name', metadata.name, 'must match the service account name if specified'),
    );
  if (errors.length) throw invalid(groupKind, name, errors);
}

function specErrors({ expirationSeconds }: any): FieldError[] {
  const at = 'spec.expirationSeconds';
  if (expirationSeconds < 600)
    return [invalidValue(at, expirationSeconds, 'may not specify a duration less than 10 minutes')];
  if (expirationSeconds > 2 ** 32)
    return [invalidValue(at, expirationSeconds, 'may not specify a duration larger than 2^32 seconds')];
  return [];
}

interface Bound {
  pod?: any;
  node?: any;
  secret?: any;
}

function boundObject({ reader }: ServerContext, namespace: string, account: string, ref: any): Bound {
  if (!ref) return {};
  const found = (resource: string, within: string | undefined) => {
    const object: any = reader.get('', resource, within, ref.name);
    if (!object) throw notFound({ group: '', resource }, ref.name);
    if (ref.uid && ref.uid !== object.metadata.uid)
      throw conflict(
        { group: '', resource: ref.kind },
        ref.name,
        `the UID in the bound object reference (${ref.uid}) does not match the UID in record. The object might have been deleted and then recreated`,
      );
    return object;
  };
  const group = ref.apiVersion?.includes('/') ? ref.apiVersion.split('/')[0] : '';
  // Of a group's versions any will do.
  if (group === '' && ref.kind === 'Pod') {
    const pod = found('pods', namespace);
    if (pod.spec.serviceAccountName !== account)
      throw badRequest(
        `cannot bind token for serviceaccount "${account}" to pod running with different serviceaccount name.`,
      );
    const { nodeName } = pod.spec;
    if (!nodeName) return { pod };
    return { pod, node: reader.get('', 'nodes', undefined, nodeName) ?? { metadata: { name: nodeName } } };
  }
  if (group === '' && ref.kind === 'Node') return { node: found('nodes', undefined) };
  if (group === '' && ref.kind === 'Secret') return { secret: found('secrets', namespace) };
  const version = ref.apiVersion?.includes('/') ? ref.apiVersion : `/${ref.apiVersion ?? ''}`;
  throw badRequest(`cannot bind token to object of type ${version}, Kind=${ref.kind ?? ''}`);
}

function claimsOf(
  { random }: ServerContext,
  account: any,
  spec: any,
  { pod, node, secret }: Bound,
  nowMs: number,
  issuer: string,
): Record<string, unknown> {
  const now = Math.floor(nowMs / 1000);
  const { namespace, name, uid } = account.metadata;
  const extended =
    pod !== undefined &&
    spec.expirationSeconds === warnedAfterSeconds &&
    spec.audiences.every((audience: string) => audience === issuer);
  const identity = ({ metadata }: any) => ({
    name: metadata.name,
    ...(metadata.uid && { uid: metadata.uid }),
  });
  return {
    aud: spec.audiences,
    exp: now + (extended ? extendedSeconds : spec.expirationSeconds),
    iat: now,
    nbf: now,
    iss: issuer,
    jti: random.uuid(),
    sub: `system:serviceaccount:${namespace}:${name}`,
    'kubernetes.io': {
      namespace,
      serviceaccount: { name, uid },
      ...(pod && { pod: identity(pod) }),
      ...(node && { node: identity(node) }),
      ...(secret && { secret: identity(secret) }),
      ...(extended && { warnafter: now + spec.expirationSeconds }),
    },
  };
}
