import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  durationText,
  exactDurationText,
  FOREVER,
  fromSeconds,
  parseDuration,
  secondsText,
  toSeconds,
} from '../../src/model/index.js';

/** Up to about three hundred years, the range in which a Micros is exact. */
const micros = fc.integer({ min: 0, max: 9_000_000_000_000_000 });

describe('durations', () => {
  test('are read with units, alone or one after another', () => {
    expect(parseDuration('90')).toBe(90_000_000);
    expect(parseDuration('1.5')).toBe(1_500_000);
    expect(parseDuration(' 15m ')).toBe(900_000_000);
    expect(parseDuration('1h30m')).toBe(5_400_000_000);
    expect(parseDuration('2d')).toBe(172_800_000_000);
    expect(parseDuration('1w')).toBe(7 * 86_400_000_000);
    expect(parseDuration('250us')).toBe(250);
    expect(parseDuration('3ms')).toBe(3_000);
    expect(parseDuration('5min')).toBe(300_000_000);
    expect(parseDuration('never')).toBe(FOREVER);
  });

  test('that are negative, empty or of an unknown unit are not durations', () => {
    for (const text of ['', '-5', '5y', 'm', '1h 30m', '1e3', 'Infinity', '5 s']) {
      expect(parseDuration(text), text).toBeUndefined();
    }
  });

  test('are written so that reading gives the same back', () => {
    fc.assert(
      fc.property(micros, (time) => {
        expect(parseDuration(exactDurationText(time))).toBe(time);
      }),
    );
    expect(parseDuration(exactDurationText(FOREVER))).toBe(FOREVER);
    expect(exactDurationText(5_400_000_000)).toBe('90m');
  });

  test('are told to people in at most two units, rounded without a carry left over', () => {
    expect(durationText(0)).toBe('0 s');
    expect(durationText(350_000)).toBe('350 ms');
    expect(durationText(4 * 60_000_000 + 5_000_000)).toBe('4m 5s');
    expect(durationText(51 * 3_600_000_000)).toBe('2d 3h');
    expect(durationText(119 * 60_000_000 + 40_000_000)).toBe('2h');
    expect(durationText(FOREVER)).toBe('for ever');
  });
});

describe('seconds', () => {
  test('are written as plain decimals that lose nothing', () => {
    expect(secondsText(337_334_000_000)).toBe('337334');
    expect(secondsText(1)).toBe('0.000001');
    expect(secondsText(1_500_000)).toBe('1.5');
    expect(secondsText(-250_000)).toBe('-0.25');
    expect(secondsText(FOREVER)).toBe('');
    expect(secondsText(Number.NaN)).toBe('');
    fc.assert(
      fc.property(micros, (time) => {
        const text = secondsText(time);
        expect(text).toMatch(/^\d+(\.\d*[1-9])?$/);
        const [whole, part = ''] = text.split('.');
        expect(Number(whole) * 1_000_000 + Number(part.padEnd(6, '0'))).toBe(time);
      }),
    );
  });

  test('go to the nearest microsecond and back', () => {
    expect(fromSeconds(0.1 + 0.2)).toBe(300_000);
    expect(fromSeconds(FOREVER)).toBe(FOREVER);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_000_000_000 }), (seconds) => {
        expect(toSeconds(fromSeconds(seconds))).toBe(seconds);
      }),
    );
  });
});
