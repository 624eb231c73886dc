import {
  type FieldError,
  forbiddenField,
  type IngressClass,
  type IngressClassParametersReference,
  invalidValue,
  notSupported,
  required,
  tooLong,
} from '@kubets/api';
import { define } from '../define.ts';
import { validateDomainPrefixedPath, validateTypedReference } from '../rules/domain_path.ts';
import { immutableText } from '../rules/labels.ts';
import { dns1123Label } from '../rules/names.ts';
import { columnsOf, nameColumn, textColumn } from '../table/columns.ts';
import { networkingKind } from './networking_kinds.ts';

const [, ...restOfColumns] = columnsOf<IngressClass>(
  textColumn('Controller', 'Who serves ingresses of this class.', ({ spec }) => spec?.controller),
  textColumn('Parameters', 'The object with further settings.', ({ spec }) => {
    const reference = spec?.parameters;
    if (!reference) return '<none>';
    const group = reference.apiGroup === undefined ? '' : `.${reference.apiGroup}`;
    return `${reference.kind}${group}/${reference.name}`;
  }),
);

export const ingressClass = define<IngressClass>({
  id: networkingKind('ingressclasses', 'IngressClass'),
  scope: 'Cluster',
  columns: [
    {
      ...nameColumn,
      value: ({ metadata }: IngressClass) =>
        metadata.annotations?.['ingressclass.kubernetes.io/is-default-class'] === 'true'
          ? `${metadata.name} (default)`
          : metadata.name,
    },
    ...restOfColumns,
  ],
  generation: 'spec',
  defaults({ spec }) {
    if (spec?.parameters) spec.parameters.scope ??= 'Cluster';
  },
  validate({ spec = {} }) {
    const { controller = '', parameters } = spec;
    return [
      ...(controller.length > 250 ? [tooLong('spec.controller', undefined, 250)] : []),
      ...validateDomainPrefixedPath(controller, 'spec.controller'),
      ...(parameters ? validateParameters(parameters, 'spec.parameters') : []),
    ];
  },
  updateRules: 'first',
  validateUpdate: (next, old) =>
    next.spec?.controller === old.spec?.controller
      ? []
      : [invalidValue('spec.controller', next.spec?.controller ?? '', immutableText)],
});

function validateParameters(reference: IngressClassParametersReference, path: string): FieldError[] {
  const { scope, namespace } = reference;
  const errors = validateTypedReference(reference, path);
  if (scope === undefined) return [...errors, required(`${path}.scope`)];
  if (scope !== 'Cluster' && scope !== 'Namespace')
    return [...errors, notSupported(`${path}.scope`, scope, ['Cluster', 'Namespace'])];
  if (scope === 'Cluster')
    return namespace === undefined
      ? errors
      : [...errors, forbiddenField(`${path}.namespace`, "`parameters.scope` is set to 'Cluster'")];
  if (namespace === undefined)
    return [...errors, required(`${path}.namespace`, "`parameters.scope` is set to 'Namespace'")];
  return [
    ...errors,
    ...dns1123Label(namespace).map((message) => invalidValue(`${path}.namespace`, namespace, message)),
  ];
}
