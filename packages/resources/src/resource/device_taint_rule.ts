// Taints that an administrator puts on devices (KEP-5055).
import {
  type DeviceTaintRule,
  type FieldError,
  type ResourceV1beta2DeviceTaintRule,
  tooMany,
} from '@kubets/api';
import { rfc3339 } from '@kubets/base';
import { validateCsiDriverName } from '../core/volume_rules.ts';
import { define, kindsOf } from '../define.ts';
import { validateConditions } from '../rules/conditions.ts';
import { sameShape } from '../same_shape.ts';
import { ageSince } from '../table/age.ts';
import { columnsOf, textColumn } from '../table/columns.ts';
import { validateDeviceLabel, validatePoolName, validateTaint } from './device_rules.ts';

const group = 'resource.k8s.io';
type Rule = DeviceTaintRule & ResourceV1beta2DeviceTaintRule;
const maxConditions = 8;

export const deviceTaintRule = define<Rule>({
  id: kindsOf(group, 'v1alpha3')('devicetaintrules', 'DeviceTaintRule'),
  scope: 'Cluster',
  otherVersions: [sameShape(group, 'v1alpha3', 'v1beta2', 'DeviceTaintRule')],
  columns: columnsOf<Rule>(
    textColumn('Key', 'The key of the taint.', ({ spec }) => spec.taint?.key),
    textColumn('Value', 'The value of the taint.', ({ spec }) => spec.taint?.value),
    textColumn('Effect', 'What the taint does.', ({ spec }) => spec.taint?.effect),
    textColumn('TimeAdded', 'Time since the taint has its effect.', ({ spec }, nowMs) =>
      spec.taint?.timeAdded ? ageSince(spec.taint.timeAdded, nowMs) : '',
    ),
  ),
  generation: 'spec',
  prepareCreate({ spec }, { clock }) {
    if (spec.taint) spec.taint.timeAdded ??= rfc3339(clock.now());
  },
  prepareUpdate({ spec }, old, { clock }) {
    const { taint } = spec;
    if (!taint) return;
    // Tolerations run from when the effect began, so that a new effect starts the time anew.
    const changed = taint.effect !== old.spec.taint?.effect && taint.timeAdded === old.spec.taint?.timeAdded;
    if (changed || !taint.timeAdded) taint.timeAdded = rfc3339(clock.now());
  },
  validate({ spec }) {
    const { driver, pool, device } = spec.deviceSelector ?? {};
    const at = 'spec.deviceSelector';
    const errors: FieldError[] = [];
    if (driver !== undefined) errors.push(...validateCsiDriverName(driver, `${at}.driver`));
    if (pool !== undefined) errors.push(...validatePoolName(pool, `${at}.pool`));
    if (device !== undefined) errors.push(...validateDeviceLabel(device, `${at}.device`));
    return [...errors, ...validateTaint(spec.taint ?? {}, 'spec.taint')];
  },
  status: {
    metadata: 'keep',
    validate: ({ status: { conditions = [] } = {} }) => [
      ...validateConditions(conditions, 'status.conditions'),
      ...(conditions.length > maxConditions
        ? [tooMany('status.conditions', conditions.length, maxConditions)]
        : []),
    ],
  },
});
