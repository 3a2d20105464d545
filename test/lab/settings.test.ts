import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  assignSettings,
  formerNameNotes,
  type SettingsOwner,
  settingsRecord,
} from '../../src/lab/scenario/settings.js';
import { FOREVER, fromSeconds, type Parameter } from '../../src/model/index.js';
import { POLICIES } from '../../src/policies/registry.js';
import { compositionParameters } from '../../src/workloads/composition.js';
import { SMACK as SMACK_USES } from '../../src/workloads/smack.js';

const duration = (name: string): Parameter => ({ kind: 'duration', name, default: 0, about: 'A time.' });
const number = (name: string): Parameter => ({
  kind: 'number',
  name,
  default: 1,
  min: 0,
  about: 'A number.',
});

const DRF: SettingsOwner = {
  name: 'drf',
  parameters: [duration('interval'), duration('refuse'), number('share')],
};
const SMACK: SettingsOwner = { name: 'smack', parameters: [number('spark.cpus'), number('web.cpus')] };
const RUN: SettingsOwner = { name: 'run', parameters: [duration('patience'), duration('interval')] };

const assign = (set: Readonly<Record<string, string>>) => assignSettings(set, [DRF, SMACK, RUN]);

describe('--set', () => {
  it('gives a bare name to every owner that has it', () => {
    expect(assign({ interval: '5s' })).toEqual([
      { interval: fromSeconds(5) },
      {},
      { interval: fromSeconds(5) },
    ]);
  });

  it('gives owner.name to that owner alone', () => {
    expect(assign({ 'run.interval': '1m' })).toEqual([{}, {}, { interval: fromSeconds(60) }]);
  });

  it('knows parameters that have a dot in their own name, with and without their owner', () => {
    expect(assign({ 'spark.cpus': '2' })).toEqual([{}, { 'spark.cpus': 2 }, {}]);
    expect(assign({ 'smack.web.cpus': '0.5' })).toEqual([{}, { 'web.cpus': 0.5 }, {}]);
  });

  it('lets the key that stands last count, when two name the same parameter', () => {
    const intervalOfDrf = (set: Readonly<Record<string, string>>) => assign(set)[0].interval;
    expect(intervalOfDrf({ interval: '1s', 'drf.interval': '2s' })).toBe(fromSeconds(2));
    expect(intervalOfDrf({ 'drf.interval': '2s', interval: '1s' })).toBe(fromSeconds(1));
  });

  it('accepts the former name of a parameter, alone and with its owner', () => {
    const renamed = { name: 'own', parameters: [{ ...number('mode'), formerName: 'manners' }] };
    for (const key of ['mode', 'own.mode', 'manners', 'own.manners'])
      expect(assignSettings({ [key]: '2' }, [renamed])).toEqual([{ mode: 2 }]);
  });

  it('notes each former name that is used, with its owner if it is given', () => {
    const renamed = { name: 'own', parameters: [{ ...number('mode'), formerName: 'manners' }] };
    const notes = (key: string) => formerNameNotes({ [key]: '2' }, [DRF, renamed]);
    expect(notes('manners')).toEqual([
      'note: --set manners is now --set mode; the old name works in this version only.',
    ]);
    expect(notes('own.manners')).toEqual([
      'note: --set own.manners is now --set own.mode; the old name works in this version only.',
    ]);
    for (const key of ['mode', 'own.mode', 'interval', 'drf.manners']) expect(notes(key)).toEqual([]);
  });

  it('gives nothing where nothing is set', () => {
    expect(assign({})).toEqual([{}, {}, {}]);
  });

  it.each([
    [
      'a name that nobody has',
      'nope',
      /--set: unknown parameter "nope", expected one of drf\.interval, drf\.refuse/,
    ],
    [
      'a name of another owner',
      'drf.patience',
      /unknown parameter "drf\.patience", expected one of run\.patience/,
    ],
    ['an owner that is not there', 'silos.interval', /expected one of drf\.interval, run\.interval$/],
    ['a slip in upper and lower case', 'drf.Interval', /expected one of drf\.interval, run\.interval$/],
    ['a part of a name', 'cpus', /unknown parameter "cpus", expected one of spark\.cpus, web\.cpus$/],
    ['a group of names', 'spark', /unknown parameter "spark", expected one of spark\.cpus$/],
    ['nothing', '', /unknown parameter nothing/],
  ])('refuses %s and says what there is', (_what, key, message) => {
    expect(() => assign({ [key]: '1' })).toThrow(message);
  });

  it('does not list more than a dozen names', () => {
    const many = { name: 'many', parameters: Array.from({ length: 30 }, (_, i) => number(`p${i}`)) };
    expect(() => assignSettings({ nope: '1' }, [many])).toThrow(/many\.p11 and 18 more$/);
  });

  it.each([
    ['interval', 'soon', /^--set interval: found "soon", expected a duration/],
    ['drf.share', '-1', /^--set drf\.share: found "-1", expected a number >= 0/],
    ['share', '', /^--set share: found nothing, expected a number >= 0/],
  ])('refuses %s=%s, naming it as it was written', (key, text, message) => {
    expect(() => assign({ [key]: text })).toThrow(message);
  });
});

describe('the settings in a summary', () => {
  it('are all of them, defaults included: durations as text, numbers as numbers, files without their folder', () => {
    const parameters: Parameter[] = [
      duration('interval'),
      { kind: 'duration', name: 'timeout', default: FOREVER, about: 'A time.' },
      number('share'),
      {
        kind: 'choice',
        name: 'placement',
        default: 'first-fit',
        choices: ['first-fit', 'best-fit'],
        about: 'How.',
      },
      { kind: 'file', name: 'order', default: '', about: 'A file.' },
    ];
    expect(settingsRecord(parameters, { interval: 1_500_000, order: '/home/me/orders/pods.txt' })).toEqual({
      interval: '1500ms',
      timeout: 'never',
      share: 1,
      placement: 'first-fit',
      order: 'pods.txt',
    });
  });

  const OWNERS: readonly SettingsOwner[] = [
    ...POLICIES,
    { name: 'smack', parameters: compositionParameters(SMACK_USES) },
    { name: 'run', parameters: [duration('patience')] },
  ];

  /** Any value that a parameter takes; texts and files are left at their default. */
  function anyValueOf(parameter: Parameter): fc.Arbitrary<number | string> {
    switch (parameter.kind) {
      case 'duration':
        return fc.oneof(fc.integer({ min: 0, max: 2 ** 53 - 1 }), fc.constant(FOREVER));
      case 'number': {
        const { min = -1e12, max = 1e12, integer = false } = parameter;
        return integer
          ? fc.integer({ min: Math.ceil(min), max: Math.min(max, 2 ** 31 - 1) })
          : fc.double({ min, max, noNaN: true });
      }
      case 'choice':
        return fc.constantFrom(...parameter.choices);
      default:
        return fc.constant(parameter.default);
    }
  }

  it.each(OWNERS)('of $name are read back exactly as they were, for any values', (owner) => {
    const values = fc.record(
      Object.fromEntries(owner.parameters.map((parameter) => [parameter.name, anyValueOf(parameter)])),
    );
    fc.assert(
      fc.property(values, (assigned) => {
        const record = settingsRecord(owner.parameters, assigned);
        const set = Object.fromEntries(Object.entries(record).map(([name, value]) => [name, String(value)]));
        const [again] = assignSettings(set, [owner]);
        for (const { name } of owner.parameters) expect(again[name] === assigned[name]).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});
