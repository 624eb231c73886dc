// Results of `handle` as bytes, for the HTTP adapter alone.
export { encodeList } from './encode_list.ts';
export { type Encoded, type EncodeOptions, encodeAs, encodeObject } from './encode_object.ts';
export { encodeWatch, type WatchEncoding } from './encode_watch.ts';
export { contentTypes, type Form, negotiate, negotiateFailure, negotiateWatch } from './negotiate.ts';
export { includeObjectOf } from './table.ts';
export { wantsPretty } from './wants_pretty.ts';
