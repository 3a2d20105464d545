import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_QUANTA, RESOURCE_NAMES, ResourceSpace, resourceKind, toQuanta } from '../../src/model/index.js';

const cpus = resourceKind('cpus')!;
const mem = resourceKind('mem')!;

describe('quanta', () => {
  test('cpus and GPUs are counted in thousandths, memory and disk in MiB', () => {
    const space = new ResourceSpace(['gpus', 'disk', 'mem', 'cpus']);
    expect(space.quanta({ cpus: 1.5, mem: 2048, disk: 10, gpus: 0.25 })).toEqual([1500, 2048, 10, 250]);
  });

  test('a part of a quantum is rounded up, so that a demand is never understated', () => {
    expect(toQuanta(cpus, 0.0001)).toBe(1);
    expect(toQuanta(mem, 100.2)).toBe(101);
  });

  test('the crumbs of decimal fractions do not cost a quantum', () => {
    expect(toQuanta(cpus, 0.1 + 0.2)).toBe(300);
    expect(toQuanta(cpus, 1.1)).toBe(1100);
  });

  test('any whole number of quanta survives the way through its unit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: MAX_QUANTA }), (quanta) => {
        expect(toQuanta(cpus, quanta / 1000)).toBe(quanta);
      }),
    );
  });

  test('zero is zero, and never minus zero', () => {
    expect(Object.is(toQuanta(cpus, 0), 0)).toBe(true);
    expect(Object.is(toQuanta(cpus, -0), 0)).toBe(true);
  });

  test('what is negative, not a number, or larger than a row can hold is refused by name', () => {
    expect(() => toQuanta(cpus, -1)).toThrow(/^cpus: found "-1", expected an amount of cores >= 0$/);
    expect(() => toQuanta(mem, Number.NaN)).toThrow(/^mem: found "NaN"/);
    expect(() => toQuanta(mem, MAX_QUANTA + 1)).toThrow(/at most 2147483647 MiB/);
    expect(toQuanta(mem, MAX_QUANTA)).toBe(MAX_QUANTA);
  });
});

describe('a resource space', () => {
  test('has its dimensions in the canonical order, however they are named', () => {
    expect(new ResourceSpace(['ports', 'mem', 'cpus']).names).toEqual(['cpus', 'mem', 'ports']);
    expect(new ResourceSpace([...RESOURCE_NAMES].reverse()).names).toEqual(RESOURCE_NAMES);
  });

  test('knows its GPU dimension, or that it has none', () => {
    expect(new ResourceSpace(['cpus', 'gpus']).gpuDimension).toBe(1);
    expect(new ResourceSpace(['cpus', 'mem']).gpuDimension).toBe(-1);
    expect(new ResourceSpace(['cpus', 'mem']).dimensionOf('mem')).toBe(1);
    expect(new ResourceSpace(['cpus', 'mem']).dimensionOf('disk')).toBe(-1);
  });

  test('refuses names it does not know, and names given twice', () => {
    expect(() => new ResourceSpace(['cpu'])).toThrow(/unknown resource "cpu", expected one of cpus, mem/);
    expect(() => new ResourceSpace(['cpus', 'cpus'])).toThrow(/"cpus" is given twice/);
  });

  test('refuses amounts of a resource that no machine has', () => {
    expect(() => new ResourceSpace(['cpus']).quanta({ mem: 1 })).toThrow(
      /^mem: no machine has this resource/,
    );
  });

  test('writes vectors for people, without the dimensions that hold nothing', () => {
    const space = new ResourceSpace(['cpus', 'mem', 'gpus']);
    expect(space.text([1500, 0, 250])).toBe('cpus 1.5, gpus 0.25');
    expect(space.text([9, 9, 9, 0, 512, 0], 3)).toBe('mem 512');
    expect(space.text([0, 0, 0])).toBe('nothing');
  });
});
