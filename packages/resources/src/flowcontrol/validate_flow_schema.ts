import {
  type FieldError,
  type FlowSchema,
  type FlowSchemaSpec,
  forbiddenField,
  invalidValue,
  type flowcontrolV1 as v1,
  notSupported,
  required,
} from '@kubets/api';
import { validateOneOf } from '../rules/enums.ts';
