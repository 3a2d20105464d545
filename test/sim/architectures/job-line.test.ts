import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NONE } from '../../../src/model/index.js';
import { JobLine } from '../../../src/sim/architectures/job-queue.js';

test('a line of jobs is a list: first come, first served, and anybody may leave', () => {
  const steps = fc.array(fc.constantFrom('add', 'add', 'add', 'take', 'remove'), {
    maxLength: 200,
    size: 'max',
  });
  fc.assert(
    fc.property(steps, fc.nat(1000), (steps, draw) => {
      const line = new JobLine();
      const list: number[] = [];
      steps.forEach((step, job) => {
        if (step === 'add') {
          line.add(job);
          list.push(job);
        } else if (step === 'take') {
          expect(line.take()).toBe(list.shift() ?? NONE);
        } else if (list.length > 0) {
          const [gone] = list.splice((draw + job) % list.length, 1);
          line.remove(gone);
        }
        expect(line.length).toBe(list.length);
        expect(line.first).toBe(list[0] ?? NONE);
      });
      while (list.length > 0) expect(line.take()).toBe(list.shift());
    }),
  );
});
