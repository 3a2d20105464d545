import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packedText, unpackedValue } from '../../src/results/files/packed-document.js';

const roundTrip = (value: unknown) => unpackedValue(packedText(value));

describe('a packed document', () => {
  it('reads back as what was written: typed arrays, numbers that JSON lacks, texts and keys of any kind', () => {
    const values = {
      series: Float64Array.from([0.1, -0, Number.NaN, Number.POSITIVE_INFINITY, 5e-324]),
      part: new Float64Array([1, 2, 3, 4]).subarray(1, 3),
      small: [Uint8Array.from([0, 255]), Int32Array.from([-1]), new Float32Array(0)],
      numbers: [Number.NaN, Number.NEGATIVE_INFINITY, -0, 0, 1e300],
      texts: ['\u0001', '\u0001\u0001NaN', '\u0001Float64Array:AAAA', 'Float64Array:', '\ud800', ''],
      empty: null,
    };
    expect(roundTrip(values)).toEqual({ ...values, part: Float64Array.from([2, 3]) });
    expect(Object.is((roundTrip(values) as typeof values).numbers[2], -0)).toBe(true);
  });

  it('keeps any plain data, also under keys such as __proto__', () => {
    fc.assert(
      fc.property(fc.object({ withTypedArray: false, maxDepth: 3 }), (value) => {
        const text = JSON.parse(JSON.stringify({ value }));
        expect(roundTrip(text)).toEqual(text);
      }),
    );
    const hostile = JSON.parse('{"__proto__":{"a":1},"constructor":[2]}');
    expect(JSON.stringify(roundTrip(hostile))).toBe(JSON.stringify(hostile));
  });

  it('is refused for what is no plain data, so that nothing is lost without a word', () => {
    expect(() => packedText({ a: new Map() })).toThrow('a Map cannot be packed');
    expect(() => packedText({ a: new BigInt64Array(1) })).toThrow('a BigInt64Array cannot be packed');
  });

  it('is refused when a value in it is of unknown kind or cut', () => {
    expect(() => unpackedValue('"\\u0001Secret:AAAA"')).toThrow('unknown kind');
    expect(() => unpackedValue('"\\u0001Float64Array:AAAA"')).toThrow('an incomplete Float64Array');
  });
});
