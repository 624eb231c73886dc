// Questions about access: may this user do that, and what may I do.
import { badRequest, invalid, type UserInfo } from '@kubets/api';
import { type ReviewKind, selectorProblems, validateReview } from '@kubets/resources';
import type { Attributes } from '../access.ts';
import type { Call, Endpoint } from '../call.ts';
import { decodeBody } from '../decode/body.ts';
import { isAllowed } from '../filters/authorization.ts';
import type { ServerContext } from '../server_context.ts';
import { objectAnswer } from '../verbs/answer.ts';

const group = 'authorization.k8s.io';

export function accessReviewEndpoint(server: ServerContext, kind: ReviewKind): Endpoint {
  const expected = { group, version: 'v1', kind, type: `authorization.v1.${kind}` };
  return async (call) => {
    const review = decodeBody(call, expected, 'Warn');
    const spec = (review.spec ??= {});
    if (kind === 'LocalSubjectAccessReview') takeNamespace(review, call);
    const errors = validateReview(kind, review);
    // Upstream leaves the kind out of what it says of these.
    if (errors.length) throw invalid({ group, kind: '' }, '', errors);
    const user: UserInfo =
      kind === 'SelfSubjectAccessReview'
        ? call.user
        : { username: spec.user ?? '', groups: spec.groups ?? [], uid: spec.uid, extra: spec.extra };
    const { allowed, denied, reason } = await isAllowed(server.authorizers, attributesOf(user, spec));
    const problems = selectorProblems(spec.resourceAttributes ?? {});
    review.status = {
      allowed,
      ...(denied && { denied }),
      ...(reason && { reason }),
      ...(problems.length > 0 && { evaluationError: problems.join('; ') }),
    };
    return objectAnswer(review, 201);
  };
}

function takeNamespace(review: any, { info }: Call): void {
  const metadata = (review.metadata ??= {});
  if (!metadata.namespace) metadata.namespace = info.namespace;
  else if (metadata.namespace !== info.namespace)
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
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
      if (rules.incomplete) silent.push(rules.incomplete);
    }
    // The answer doesn't repeat the question.
    review.spec = {};
    review.status = {
      resourceRules,
      nonResourceRules,
      incomplete: silent.length > 0,
      ...(silent.length && { evaluationError: silent.join(', ') }),
    };
    return objectAnswer(review, 201);
  };
}
