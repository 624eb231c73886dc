import { type FieldError, forbiddenField, invalidValue, type Lease } from '@kubets/api';
import { define, kindsOf } from '../define.ts';
import { columnsOf, textColumn } from '../table/columns.ts';

export const lease = define<Lease>({
  id: kindsOf('coordination.k8s.io', 'v1')('leases', 'Lease'),
  scope: 'Namespaced',
  allowCreateOnUpdate: true,
  allowUnconditionalUpdate: false,
  columns: columnsOf<Lease>(textColumn('Holder', 'Who has it now.', ({ spec }) => spec?.holderIdentity)),
  defaults(object) {
    object.spec ??= {};
  },
  // Fields of coordinated leader election (KEP-4355) are kept only once it is on.
  prepareCreate: ({ spec = {} }) => {
    delete spec.strategy;
    delete spec.preferredHolder;
  },
  prepareUpdate: ({ spec = {} }, old) => {
    if (old.spec?.strategy === undefined) delete spec.strategy;
    if (old.spec?.preferredHolder === undefined) delete spec.preferredHolder;
  },
  validate: validateLease,
});

function validateLease({ spec = {} }: Lease): FieldError[] {
  const { leaseDurationSeconds: seconds, leaseTransitions: transitions, strategy, preferredHolder } = spec;
  const errors: FieldError[] = [];
  if (seconds !== undefined && seconds <= 0)
    errors.push(invalidValue('spec.leaseDurationSeconds', seconds, 'must be greater than 0'));
  if (transitions !== undefined && transitions < 0)
    errors.push(invalidValue('spec.leaseTransitions', transitions, 'must be greater than or equal to 0'));
  if (preferredHolder && !strategy)
    errors.push(forbiddenField('spec.preferredHolder', 'may only be specified if `strategy` is defined'));
  return errors;
}
