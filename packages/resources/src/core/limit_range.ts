import {
  duplicate,
  type FieldError,
  forbiddenField,
  invalidValue,
  type LimitRange,
  type LimitRangeItem,
  parseQuantity,
  required,
} from '@kubets/api';
import { define } from '../define.ts';
import { qualifiedName } from '../rules/names.ts';
import { type Amounts, compareAmounts } from '../rules/quantities.ts';
import { coreKind } from './core_kinds.ts';
import { validateContainerResourceName } from './pod/validate_resources.ts';
import { canOvercommit, roundUpAmounts, validateResourceName } from './resource_names.ts';

const lists = ['max', 'min', 'default', 'defaultRequest', 'maxLimitRequestRatio'] as const;

export const limitRange = define<LimitRange>({
  id: coreKind('limitranges', 'LimitRange', { shortNames: ['limits'] }),
  scope: 'Namespaced',
  allowCreateOnUpdate: true,
  defaults(object) {
    object.spec ??= { limits: [] };
    for (const item of object.spec.limits ?? []) defaultItem(item);
  },
  prepareCreate(object, { random }) {
    object.metadata.name ||= random.uuid();
  },
  validate: ({ spec }) => {
    const seen = new Set<string>();
    return (spec?.limits ?? []).flatMap((item, i) => {
      const path = `spec.limits[${i}]`;
      const again = seen.has(item.type) ? [duplicate(`${path}.type`, item.type)] : [];
      seen.add(item.type);
      return [...validateType(item.type ?? '', `${path}.type`), ...again, ...validateItem(item, path)];
    });
  },
});

/** Of containers: what is not said of defaults follows from the bounds. */
function defaultItem(item: LimitRangeItem): void {
  for (const list of lists) if (item[list]) item[list] = roundUpAmounts(item[list]!);
  if (item.type !== 'Container') return;
  item.default = { ...item.max, ...item.default };
  item.defaultRequest = { ...item.min, ...item.default, ...item.defaultRequest };
}

function validateType(type: string, path: string): FieldError[] {
  const errors = qualifiedName(type).map((message) => invalidValue(path, type, message));
  const standard = ['Pod', 'Container', 'PersistentVolumeClaim'].includes(type);
  if (errors.length > 0 || standard || type.includes('/')) return errors;
  return [invalidValue(path, type, 'must be a standard limit type or fully qualified')];
}

function validateItem(item: LimitRangeItem, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const isPod = item.type === 'Pod';
  const nameRule = isPod || item.type === 'Container' ? validateContainerResourceName : validateResourceName;
  const names = new Set<string>();
  for (const list of lists) {
    const amounts = Object.keys(item[list] ?? {});
    if (isPod && list.startsWith('default')) {
      if (amounts.length > 0)
        errors.push(forbiddenField(`${path}.${list}`, "may not be specified when `type` is 'Pod'"));
      continue;
    }
    for (const name of amounts) {
      errors.push(...nameRule(name, `${path}.${list}[${name}]`));
      names.add(name);
    }
  }
  const noStorage = item.min?.storage === undefined && item.max?.storage === undefined;
  if (item.type === 'PersistentVolumeClaim' && noStorage)
    errors.push(
      required(
        `${path}.limits`,
        'either minimum or maximum storage value is required, but neither was provided',
      ),
    );
  for (const name of names)
    errors.push(...validateOrder(item, name, path), ...validateRatio(item, name, path));
  return errors;
}

type List = 'min' | 'max' | 'default' | 'defaultRequest';

/** Pairs where the first may not be more than the second: where it is reported, and how both are called. */
const orders: [low: List, high: List, at: List, shown: List, text: (low: string, high: string) => string][] =
  [
    ['min', 'max', 'min', 'min', (a, b) => `min value ${a} is greater than max value ${b}`],
    [
      'min',
      'defaultRequest',
      'defaultRequest',
      'defaultRequest',
      (a, b) => `min value ${a} is greater than default request value ${b}`,
    ],
    [
      'defaultRequest',
      'max',
      'defaultRequest',
      'defaultRequest',
      (a, b) => `default request value ${a} is greater than max value ${b}`,
    ],
    [
      'defaultRequest',
      'default',
      'defaultRequest',
      'defaultRequest',
      (a, b) => `default request value ${a} is greater than default limit value ${b}`,
    ],
    ['min', 'default', 'default', 'min', (a, b) => `min value ${a} is greater than default value ${b}`],
    ['default', 'max', 'default', 'max', (a, b) => `default value ${a} is greater than max value ${b}`],
  ];

function validateOrder(item: LimitRangeItem, name: string, path: string): FieldError[] {
  const amount = (list: List) => (item[list] as Amounts | undefined)?.[name];
  const errors = orders.flatMap(([low, high, at, shown, text]) => {
    const a = amount(low);
    const b = amount(high);
    return a !== undefined && b !== undefined && compareAmounts(a, b) > 0
      ? [invalidValue(`${path}.${at}[${name}]`, amount(shown), text(a, b))]
      : [];
  });
  const limit = amount('default');
  const request = amount('defaultRequest');
  const apart = limit !== undefined && request !== undefined && compareAmounts(limit, request) !== 0;
  if (apart && !canOvercommit(name))
    errors.push(
      invalidValue(
        `${path}.defaultRequest[${name}]`,
        request,
        `default value ${limit} must equal to defaultRequest value ${request} in ${name}`,
      ),
    );
  return errors;
}

function validateRatio(item: LimitRangeItem, name: string, path: string): FieldError[] {
  const ratio = item.maxLimitRequestRatio?.[name];
  if (ratio === undefined) return [];
  const at = `${path}.maxLimitRequestRatio[${name}]`;
  const errors: FieldError[] = [];
  if (compareAmounts(ratio, '1') < 0) errors.push(invalidValue(at, ratio, `ratio ${ratio} is less than 1`));
  const min = item.min?.[name];
  const max = item.max?.[name];
  if (min === undefined || max === undefined) return errors;
  const limit = parseQuantity(max).milliValue() / parseQuantity(min).milliValue();
  if (parseQuantity(ratio).milliValue() / 1000 > limit)
    errors.push(invalidValue(at, ratio, `ratio ${ratio} is greater than max/min = ${limit.toFixed(6)}`));
  return errors;
}
