/** One thing wrong with one field, as a cause of an `Invalid` Status. */
export interface FieldError {
  /** `spec.containers[0].image` */
  field: string;
  reason:
    | 'FieldValueRequired'
    | 'FieldValueInvalid'
    | 'FieldValueNotSupported'
    | 'FieldValueDuplicate'
    | 'FieldValueForbidden'
    | 'FieldValueNotFound'
    | 'FieldValueTooLong'
    | 'FieldValueTooMany'
    | 'FieldValueTypeInvalid'
    | 'InternalError';
  /** As upstream prints it after the field, e.g. `Required value` or `Invalid value: "x": must be ...`. */
  message: string;
}
