import { jsonSyntaxError } from '@kubets/api';
import { describe, expect, test } from 'vitest';
import type { Call } from '../call.ts';
import { internalCall } from '../internal_call.ts';
import { checkAcceptable, listTypes, objectTypes } from './acceptable.ts';
import { decodeBody } from './body.ts';
import { deleteOptionsOfBody, deleteOptionsOfQuery, int64 } from './delete_body.ts';
import { mediaTypeOf } from './media_type.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

describe('what is no JSON, as Go says it', () => {
  test.each([
    ['', 'unexpected end of JSON input'],
    [' ', 'unexpected end of JSON input'],
    ['{"a"', 'unexpected end of JSON input'],
    ['{"a":"b', 'unexpected end of JSON input'],
    ['x', "invalid character 'x' looking for beginning of value"],
    ["{'a':1}", "invalid character '\\'' looking for beginning of object key string"],
    ['{/**/}', "invalid character '/' looking for beginning of object key string"],
    ['{"a" 1}', "invalid character '1' after object key"],
    ['{"a":1 "b":2}', `invalid character '"' after object key:value pair`],
    ['{"a":01}', "invalid character '1' after object key:value pair"],
    ['[1 2]', "invalid character '2' after array element"],
    ['[1,]', "invalid character ']' looking for beginning of value"],
    ['{}x', "invalid character 'x' after top-level value"],
    ['{"a":NaN}', "invalid character 'N' looking for beginning of value"],
    ['{"a":trux}', "invalid character 'x' in literal true (expecting 'e')"],
    ['{"a":-x}', "invalid character 'x' in numeric literal"],
    ['{"a":1.x}', "invalid character 'x' after decimal point in numeric literal"],
    ['{"a":1ex}', "invalid character 'x' in exponent of numeric literal"],
    ['"\u0001"', "invalid character '\\x01' in string literal"],
    ['"\\x"', "invalid character 'x' in string escape code"],
    ['"\\u00zz"', "invalid character 'z' in \\u hexadecimal character escape"],
    ['\ufeff{}', "invalid character 'ï' looking for beginning of value"],
    ['\u0000', "invalid character '\\x00' looking for beginning of value"],
    ['['.repeat(10_001), "invalid character '[' exceeded max depth"],
  ])('%j', (text, problem) => {
    expect(jsonSyntaxError(bytes(text))).toBe(problem);
  });

  test.each(['{}', '[]', 'null', '-0.5e+10', ' {"a": [1, {"b": "\\u00e9\\n"}, true, false, null]} ', '""'])(
    '%s is JSON',
    (text) => {
      expect(jsonSyntaxError(bytes(text))).toBeUndefined();
    },
  );
});

test.each([
  [undefined, ''],
  ['application/json', 'application/json'],
  ['APPLICATION/JSON; charset=utf-8', 'application/json'],
  ['application/json;', 'application/json'],
  ['application/json; charset="a;b"', 'application/json'],
  ['application/json; charset', 'malformed'],
  [';', 'malformed'],
  ['a/b/c', 'malformed'],
  ['application/json, text/plain', 'malformed'],
])('content type %j is %j', (given, expected) => {
  expect(mediaTypeOf(given)).toBe(expected);
});

describe('what a router answers in', () => {
  test.each([
    'application/json',
    '*/*',
    'text/html, application/xml;q=0.9, */*;q=0.8',
    'application/json;as=Table;v=v2',
    'text/plain,application/yaml',
    '',
  ])('%j passes', (accept) => {
    expect(() => checkAcceptable(accept, objectTypes)).not.toThrow();
  });

  test.each(['text/plain', 'application/*', 'APPLICATION/JSON', 'foo', ';', ','])('%j does not', (accept) => {
    expect(() => checkAcceptable(accept, objectTypes)).toThrow(
      '406: Not Acceptable\n\nAvailable representations: application/json, application/yaml, application/vnd.kubernetes.protobuf',
    );
    expect(() => checkAcceptable(accept, listTypes)).toThrow(
      'application/json;stream=watch, application/vnd.kubernetes.protobuf;stream=watch',
    );
  });
});

const expected = { group: '', version: 'v1', kind: 'ConfigMap', type: 'core.v1.ConfigMap' };

function callWith(body: string | Uint8Array, contentType = 'application/json'): Call {
  const call = internalCall('d', 'a');
  const sent = typeof body === 'string' ? bytes(body) : body;
  return {
    ...call,
    request: { ...call.request, body: sent, headers: { 'content-type': contentType } },
  };
}

describe('bodies', () => {
  const unrecognized = 'the object provided is unrecognized (must be of type ConfigMap): ';
  const struct =
    'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }';
  const scheme = 'scheme "pkg/api/legacyscheme/scheme.go:30"';
  test.each([
    [
      '',
      `${unrecognized}couldn't get version/kind; json parse error: unexpected end of JSON input (<empty>)`,
    ],
    [' ', `${unrecognized}couldn't get version/kind; json parse error: unexpected end of JSON input (20)`],
    [
      '[]',
      `${unrecognized}couldn't get version/kind; json parse error: json: cannot unmarshal array into Go value of type ${struct} (5b5d)`,
    ],
    [
      'true',
      `${unrecognized}couldn't get version/kind; json parse error: json: cannot unmarshal bool into Go value of type ${struct} (74727565)`,
    ],
    [
      '{"kind":1}',
      `${unrecognized}couldn't get version/kind; json parse error: json: cannot unmarshal number into Go struct field .kind of type string ({"kind":1})`,
    ],
    [
      '{"kind":"ConfigMap","apiVersion":"a/b/c"}',
      `${unrecognized}unexpected GroupVersion string: a/b/c ({"kind":"ConfigMap","apiVersio ...)`,
    ],
    [
      '{"kind":"Secret","apiVersion":"v1"}',
      'Secret in version "v1" cannot be handled as a ConfigMap: converting (v1.Secret) to (core.ConfigMap): unknown conversion',
    ],
    [
      '{"kind":"Foo","apiVersion":"v1"}',
      `Foo in version "v1" cannot be handled as a ConfigMap: no kind "Foo" is registered for version "v1" in ${scheme}`,
    ],
    [
      '{"kind":"ConfigMap","apiVersion":"apps/v1"}',
      `ConfigMap in version "v1" cannot be handled as a ConfigMap: no kind "ConfigMap" is registered for version "apps/v1" in ${scheme}`,
    ],
    [
      '{"Kind":"Secret"}',
      'Secret in version "v1" cannot be handled as a ConfigMap: converting (v1.Secret) to (core.ConfigMap): unknown conversion',
    ],
  ])('%j', (body, message) => {
    expect(() => decodeBody(callWith(body), expected, 'Strict')).toThrow(message);
  });

  test('null is an object without fields', () => {
    expect(decodeBody(callWith('null'), expected, 'Strict')).toMatchObject({ kind: 'ConfigMap' });
  });

  test('what is not UTF-8, and halves of surrogates, are replaced', () => {
    const broken = Uint8Array.from([...bytes('{"data":{"a":"'), 0xff, ...bytes('"}}')]);
    expect(decodeBody(callWith(broken), expected, 'Strict').data).toEqual({ a: '\ufffd' });
    expect(decodeBody(callWith('{"data":{"a":"\\ud800x"}}'), expected, 'Strict').data).toEqual({
      a: '\ufffdx',
    });
  });

  test('names of Object.prototype are data like any other', () => {
    const body = '{"metadata":{"labels":{"constructor":"a","toString":"b"}},"data":{"hasOwnProperty":"c"}}';
    expect(decodeBody(callWith(body), expected, 'Strict')).toMatchObject({
      metadata: { labels: { constructor: 'a', toString: 'b' } },
      data: { hasOwnProperty: 'c' },
    });
    expect(({} as any).a).toBeUndefined();
  });

  test('unknown fields may nest as deep as upstream takes them, known ones less', () => {
    const nested = (depth: number) => `{"foo":${'['.repeat(depth)}${']'.repeat(depth)}}`;
    expect(decodeBody(callWith(nested(9_000)), expected, 'Warn')).not.toHaveProperty('foo');
    expect(() => decodeBody(callWith(nested(10_001)), expected, 'Warn')).toThrow('exceeded max depth');
    const anything = { ...expected, type: undefined };
    expect(() => decodeBody(callWith(nested(2_000)), anything, 'Warn')).toThrow('exceeded max depth');
  });

  test('no protobuf', () => {
    const form = 'application/vnd.kubernetes.protobuf';
    expect(() => decodeBody(callWith('', form), expected, 'Warn')).toThrow(
      `${unrecognized}empty data (<empty>)`,
    );
    expect(() => decodeBody(callWith('{}', form), expected, 'Warn')).toThrow(
      `${unrecognized}provided data does not appear to be a protobuf message, expected prefix [107 56 115 0] ({})`,
    );
  });

  test.each(['application/cbor', 'text/plain', 'nonsense;'])('unknown media type %s', (form) => {
    expect(() => decodeBody(callWith('{}', form), expected, 'Warn')).toThrow(
      'the body of the request was in an unknown format',
    );
  });
});

describe('DeleteOptions', () => {
  test.each([
    ['[]', "couldn't get version/kind; json parse error: json: cannot unmarshal array into Go value of type"],
    ['{"kind":"Secret","apiVersion":"v1"}', 'no kind "Secret" is registered for version "v1" in scheme'],
    ['{"gracePeriodSeconds":"x"}', 'json: cannot unmarshal string into Go struct field'],
    ['{x}', "invalid character 'x' looking for beginning of object key string"],
  ])('%s', (body, problem) => {
    expect(() => deleteOptionsOfBody(callWith(body))).toThrow(problem);
  });

  test('an empty body leaves it to the query, null is no options', () => {
    expect(deleteOptionsOfBody(callWith(''))).toBeUndefined();
    expect(deleteOptionsOfBody(callWith('null'))).toEqual({});
    expect(deleteOptionsOfQuery(new URLSearchParams('gracePeriodSeconds=5&orphanDependents='))).toEqual({
      gracePeriodSeconds: 5,
      orphanDependents: true,
    });
  });

  test.each([
    ['', 'invalid syntax'],
    ['1.5', 'invalid syntax'],
    ['1e3', 'invalid syntax'],
    ['9223372036854775808', 'value out of range'],
  ])('gracePeriodSeconds=%s', (text, problem) => {
    expect(() => int64(text)).toThrow(`strconv.ParseInt: parsing "${text}": ${problem}`);
  });
});
