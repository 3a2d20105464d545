import { describe, expect, it } from 'vitest';
import { ParameterValues } from '../../src/model/index.js';
import { drfStudy } from '../../src/studies/drf/drf.js';
import { STUDIES } from '../../src/studies/index.js';
import { mesosNsdiStudy } from '../../src/studies/mesos-nsdi/mesos-nsdi.js';
import { rampUp } from '../../src/studies/mesos-nsdi/ramp-up.js';
import { queueingStudy } from '../../src/studies/queueing/queueing.js';

const settings = new ParameterValues([]);

describe('studies that need no data', () => {
  it('are queueing, drf and mesos-nsdi, and say so', () => {
    const needless = [queueingStudy, drfStudy, mesosNsdiStudy];
    for (const study of needless) {
      expect(study.needsData(settings)).toBe(false);
      expect(STUDIES).toContain(study);
    }
  });
});

describe('the drf study', () => {
  it('reproduces every figure', async () => {
    const checks = await drfStudy.run({ data: undefined, settings, progress: () => {} });
    expect(checks.filter(({ passed }) => !passed)).toEqual([]);
    expect(checks.length).toBeGreaterThan(50);
  });
});

describe('the ramp-up of a framework', () => {
  it('that is elastic uses every slot from the moment it is free', async () => {
    const {
      rampUp: ramp,
      completion,
      utilization,
    } = await rampUp({ framework: 'elastic', law: 'constant', slots: 20, work: 3 }, 'one');
    expect(utilization).toBeCloseTo(1, 9);
    expect(ramp).toBeLessThanOrEqual(1);
    // (1/2 + b)T on average; 20 slots are few.
    expect(completion).toBeGreaterThan(3.3);
    expect(completion).toBeLessThan(3.7);
  });

  it('that is rigid begins when it has all slots, and has wasted until then what it held', async () => {
    const {
      rampUp: ramp,
      completion,
      utilization,
    } = await rampUp({ framework: 'rigid', law: 'constant', slots: 20, work: 3 }, 'one');
    expect(completion).toBeCloseTo(ramp + 3, 6);
    expect(utilization).toBeGreaterThan(3 / 4);
    expect(utilization).toBeLessThan(3 / 3.3);
  });

  it('is the same for the same seed, and another for another', async () => {
    const experiment = { framework: 'elastic', law: 'exponential', slots: 10, work: 1 } as const;
    const one = await rampUp(experiment, 'one');
    expect(await rampUp(experiment, 'one')).toEqual(one);
    expect(await rampUp(experiment, 'other')).not.toEqual(one);
  });
});
