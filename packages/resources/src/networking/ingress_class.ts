import { type FieldError, type IngressClass, invalidValue, notSupported, required } from '@kubets/api';
import { define } from '../define.ts';
import { immutableText } from '../rules/labels.ts';
import { columnsOf, textColumn } from '../table/columns.ts';

export const ingressClass = define<IngressClass>({
  id: { group: 'networking.k8s.io', version: 'v1', resource: 'ingressclasses', kind: 'IngressClass' },
  scope: 'Cluster',
  generation: 'spec',
  columns: columnsOf<IngressClass>(
    textColumn('Controller', 'Who serves ingresses of this class.', ({ spec }) => spec?.controller),
    textColumn('Parameters', 'The object with further settings.', ({ spec }) => {
      const ref = spec?.parameters;
      if (!ref) return '<none>';
      return `${ref.kind}${ref.apiGroup ? `.${ref.apiGroup}` : ''}/${ref.name}`;
    }),
  ),
  defaults({ spec }) {
    if (spec?.parameters) spec.parameters.scope ??= 'Cluster';
  },
  validate({ spec }) {
    const problems: FieldError[] = [];
    const controller = spec.controller ?? '';
    if (controller.length > 250)
      problems.push(invalidValue('spec.controller', controller, 'must be no more than 250 characters'));
    if (controller === '') problems.push(required('spec.controller', ''));
    const { parameters } = spec;
    if (!parameters) return problems;
    if (!parameters.kind) problems.push(required('spec.parameters.kind', 'kind is required'));
    if (!parameters.name) problems.push(required('spec.parameters.name', 'name is required'));
    const scopes = ['Cluster', 'Namespace'];
    if (!scopes.includes(parameters.scope!))
      problems.push(notSupported('spec.parameters.scope', parameters.scope, scopes));
    if (parameters.scope === 'Namespace' && !parameters.namespace) {
      problems.push(required('spec.parameters.namespace', "`parameters.scope` is set to 'Namespace'"));
    }
    return problems;
  },
  validateUpdate: (next, old) =>
    next.spec.controller === old.spec.controller
      ? []
      : [invalidValue('spec.controller', next.spec.controller, immutableText)],
});
