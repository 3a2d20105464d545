import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asciiJson, parseMessage } from '../../src/live/wire/json-text.js';
import { encodeRecord, MalformedRecordError, RecordReader } from '../../src/live/wire/record-io.js';

/** A buffer cut at these places. */
function cut(whole: Buffer, places: readonly number[]): Buffer[] {
  const at = [0, ...places.map((place) => place % (whole.length + 1)), whole.length].sort((a, b) => a - b);
  return at.slice(1).map((end, i) => whole.subarray(at[i], end));
}

describe('RecordIO', () => {
  it('gives back what was written, however the stream is cut', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), fc.array(fc.nat()), (texts, places) => {
        const reader = new RecordReader(1 << 20);
        const stream = Buffer.concat(texts.map((text) => encodeRecord(Buffer.from(text))));
        const read = cut(stream, places).flatMap((chunk) => reader.push(chunk));
        expect(read.map((record) => record.toString('utf8'))).toEqual(
          texts.map((text) => Buffer.from(text).toString('utf8')),
        );
        expect(reader.isWithin).toBe(false);
      }),
    );
  });

  it('is read or refused, whatever comes, and keeps no more than a record may have', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 64 })), (chunks) => {
        const reader = new RecordReader(100);
        try {
          for (const chunk of chunks)
            for (const record of reader.push(Buffer.from(chunk)))
              expect(record.length).toBeLessThanOrEqual(100);
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedRecordError);
        }
      }),
    );
  });

  it('takes an empty record, and refuses one that is too long before it comes', () => {
    const reader = new RecordReader(5);
    expect(reader.push(Buffer.from('0\n2\nab'))).toEqual([Buffer.from(''), Buffer.from('ab')]);
    expect(() => reader.push(Buffer.from('6\n'))).toThrow(MalformedRecordError);
    expect(() => new RecordReader(5).push(Buffer.from('\n'))).toThrow(MalformedRecordError);
    expect(() => new RecordReader(5).push(Buffer.from('-1\n'))).toThrow(MalformedRecordError);
    expect(() => new RecordReader(5).push(Buffer.from('0'.repeat(100)))).toThrow(MalformedRecordError);
  });
});

describe('the JSON of events', () => {
  it('is ASCII on one line and means the same', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = asciiJson(value);
        expect(text).toMatch(/^[ -~]*$/);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});

describe('the JSON of calls', () => {
  it('has null for what is not set', () => {
    expect(parseMessage('{"a":null,"b":[null,{"c":null}],"__proto__":{"d":1}}')).toEqual(
      JSON.parse('{"b":[{}],"__proto__":{"d":1}}'),
    );
  });

  it('is undefined when it is none, or too deep', () => {
    expect(parseMessage('{')).toBeUndefined();
    expect(parseMessage('['.repeat(100_000) + ']'.repeat(100_000))).toBeUndefined();
  });
});
