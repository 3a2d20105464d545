import { describe, expect, it } from 'vitest';
import { findAxes } from '../../../src/lab/sweep/axis.js';

const namesOf = (document: Record<string, unknown>) =>
  findAxes(document).axes.map(({ name, values }) => [name, values]);

describe('an axis of a sweep', () => {
  it('is a list where a scenario has one value', () => {
    expect(namesOf({ machines: ['10x4cpu', '20x4cpu'], until: '1h' })).toEqual([
      ['machines', ['10x4cpu', '20x4cpu']],
    ]);
    expect(namesOf({ set: { 'drf.interval': ['1s', 10], 'drf.hold': 0 } })).toEqual([
      ['drf.interval', ['1s', 10]],
    ]);
  });

  it('is a list of lists where a scenario has a list', () => {
    const faults = [[], ['at 1h: kill machine host-1 for 10m']];
    expect(namesOf({ faults })).toEqual([['faults', faults]]);
    expect(namesOf({ faults: ['at 1h: kill machine host-1 for 10m'] })).toEqual([]);
  });

  it('is a parameter of a service, but not its order of start', () => {
    const services = { kafka: { brokers: [3, 5] }, web: { after: ['kafka'] } };
    expect(namesOf({ services })).toEqual([['kafka.brokers', [3, 5]]]);
  });

  it('is the weight of a tenant', () => {
    const tenants = { research: { frameworks: ['spark'], weight: [1, 2] } };
    expect(namesOf({ tenants })).toEqual([['tenants.research.weight', [1, 2]]]);
  });

  it('leaves the document with its first values', () => {
    const { first } = findAxes({ until: ['1h', '2h'], set: { a: [1, 2] } });
    expect(first).toEqual({ until: '1h', set: { a: 1 } });
  });

  it('has at least one value, and none twice', () => {
    expect(() => findAxes({ until: [] })).toThrow('until: is an empty list, expected at least one value');
    expect(() => findAxes({ policy: [['drf', 'silos'], ['fcfs']] })).toThrow(
      'policy: is a list of other lists, expected one list of policies',
    );
    expect(() => findAxes({ until: ['1h', '1h'] })).toThrow('until: has the value "1h" twice');
  });
});
