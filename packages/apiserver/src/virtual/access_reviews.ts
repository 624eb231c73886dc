// Questions about access: may this user do that, and what may I do.
import { badRequest, type FieldError, invalid, invalidValue, type UserInfo } from '@kubets/api';
import type { Attributes } from '../access.ts';
import type { Call, Endpoint } from '../call.ts';
import { decodeBody } from '../decode/body.ts';
import { isAllowed } from '../filters/authorization.ts';
import type { ServerContext } from '../server_context.ts';
import { objectAnswer } from '../verbs/answer.ts';

const group = 'authorization.k8s.io';

type Kind = 'SubjectAccessReview' | 'SelfSubjectAccessReview' | 'LocalSubjectAccessReview';

export function accessReviewEndpoint(server: ServerContext, kind: Kind): Endpoint {
  const expected = { group, version: 'v1', kind, type: `authorization.v1.${kind}` };
  return async (call) => {
    const review = decodeBody(call, expected, 'Warn');
    const spec = (review.spec ??= {});
    const errors = specErrors(kind, spec);
    if (kind === 'LocalSubjectAccessReview') errors.push(...localErrors(spec, call));
    if (errors.length) throw invalid({ group, kind }, '', errors);
    const user: UserInfo =
      kind === 'SelfSubjectAccessReview'
        ? call.user
        : { username: spec.user ?? '', groups: spec.groups ?? [], uid: spec.uid, extra: spec.extra };
    const { allowed, denied, reason } = await isAllowed(server.authorizers, attributesOf(user, spec));
    review.status = { allowed, ...(denied && { denied }), ...(reason && { reason }) };
    return objectAnswer(review, 201);
  };
}

function specErrors(
  kind: Kind,
  { resourceAttributes, nonResourceAttributes, user, groups }: any,
): FieldError[] {
  const errors: FieldError[] = [];
  const only = 'cannot be specified in combination with resourceAttributes';
  if (resourceAttributes && nonResourceAttributes)
    errors.push(invalidValue('spec.nonResourceAttributes', nonResourceAttributes, only));
  if (!resourceAttributes && !nonResourceAttributes)
    errors.push(
      invalidValue(
        'spec.resourceAttributes',
        null,
        'exactly one of nonResourceAttributes or resourceAttributes must be specified',
      ),
    );
  if (kind !== 'SelfSubjectAccessReview' && !user && !groups?.length)
    errors.push(invalidValue('spec.user', '', 'at least one of user or group must be specified'));
  return errors;
}

function localErrors({ resourceAttributes, nonResourceAttributes }: any, { info }: Call): FieldError[] {
  if (nonResourceAttributes)
    return [
      invalidValue('spec.nonResourceAttributes', nonResourceAttributes, 'disallowed on this kind of request'),
    ];
  const asked = resourceAttributes?.namespace ?? '';
  if (resourceAttributes && asked !== info.namespace)
    return [
      invalidValue(
        'spec.resourceAttributes.namespace',
        asked,
        `must match metadata.namespace: ${info.namespace}`,
      ),
    ];
  return [];
}

function attributesOf(user: UserInfo, { resourceAttributes, nonResourceAttributes }: any): Attributes {
  const asked = resourceAttributes ?? {};
  return {
    user,
    verb: (resourceAttributes ?? nonResourceAttributes).verb ?? '',
    resource: asked.resource ?? '',
    subresource: asked.subresource ?? '',
    group: asked.group ?? '',
    version: asked.version ?? '',
    namespace: asked.namespace ?? '',
    name: asked.name ?? '',
    path: nonResourceAttributes?.path ?? '',
    isResourceRequest: resourceAttributes !== undefined,
  };
}

export function rulesReviewEndpoint(server: ServerContext): Endpoint {
  const kind = 'SelfSubjectRulesReview';
  const expected = { group, version: 'v1', kind, type: `authorization.v1.${kind}` };
  return async (call) => {
    const review = decodeBody(call, expected, 'Warn');
    const namespace = review.spec?.namespace;
    if (!namespace) throw badRequest('no namespace on request');
    const resourceRules: object[] = [];
    const nonResourceRules: object[] = [];
    const silent: string[] = [];
    for (const authorizer of server.authorizers) {
      if (!authorizer.rulesFor) {
        silent.push(`${authorizer.name} authorizer does not support user rule resolution`);
        continue;
      }
      const rules = authorizer.rulesFor(call.user, namespace);
      resourceRules.push(...rules.resourceRules);
      nonResourceRules.push(...rules.nonResourceRules);
    }
    review.status = {
      resourceRules,
      nonResourceRules,
      incomplete: silent.length > 0,
      ...(silent.length && { evaluationError: silent.join(', ') }),
    };
    return objectAnswer(review, 201);
  };
}
