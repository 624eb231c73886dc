import { type FieldError, forbiddenField, type PolicyRule, required } from '@kubets/api';

/** Rules of Roles (namespaced: no paths) and ClusterRoles. */
export function validatePolicyRules(
  rules: readonly PolicyRule[] | undefined,
  namespaced: boolean,
): FieldError[] {
  return (rules ?? []).flatMap((rule, index) => {
    const path = `rules[${index}]`;
    const problems: FieldError[] = [];
    if ((rule.verbs?.length ?? 0) === 0)
      problems.push(required(`${path}.verbs`, 'verbs must contain at least one value'));
    if ((rule.nonResourceURLs?.length ?? 0) > 0) {
      if (namespaced) {
        problems.push(
          forbiddenField(`${path}.nonResourceURLs`, 'namespaced rules cannot apply to non-resource URLs'),
        );
      }
      if (
        (rule.apiGroups?.length ?? 0) > 0 ||
        (rule.resources?.length ?? 0) > 0 ||
        (rule.resourceNames?.length ?? 0) > 0
      ) {
        problems.push(
          forbiddenField(
            `${path}.nonResourceURLs`,
            'rules cannot apply to both regular resources and non-resource URLs',
          ),
        );
      }
      return problems;
    }
    if ((rule.apiGroups?.length ?? 0) === 0) {
      problems.push(required(`${path}.apiGroups`, 'resource rules must supply at least one api group'));
    }
    if ((rule.resources?.length ?? 0) === 0) {
      problems.push(required(`${path}.resources`, 'resource rules must supply at least one resource'));
    }
    return problems;
  });
}
