import { describe, expect, test } from 'vitest';
import type { AnyScore, Machines, Score } from '../../src/policies/contract.js';
import { byScore } from '../../src/policies/placement/placement.js';
import { runWithOneTask } from './one-task.js';

/** Compiled, never called: the line below each expected error must not compile. */
function scoresThatCompile({ prepare }: Machines): void {
  prepare({ score: { name: 's', reads: ['tasks'], make: (see) => (m: number) => see.tasks.first(m) } });
  prepare({ score: { name: 's', reads: [], make: (see) => (m) => see.kind(m) }, ties: 'random' });
  prepare({ score: { name: 's', reads: ['tasks', 'time'], make: (see) => () => see.time.now } });
  // @ts-expect-error: it declares the tasks only
  prepare({ score: { name: 's', reads: ['tasks'], make: (see) => () => see.time.now } });
  // @ts-expect-error: it declares nothing
  prepare({ score: { name: 's', reads: [], make: (see) => () => see.time.now } });
  prepare({
    score: [
      { score: { name: 'a', reads: ['tasks'], make: (see) => (m) => see.tasks.first(m) }, weight: 1 },
      { score: { name: 'b', reads: ['time'], make: (see) => () => see.time.now }, weight: 2 },
      { score: { name: 'c', reads: [], make: (see) => (m) => see.kind(m) }, weight: 2, normalise: 'max' },
    ],
  });
  prepare({
    score: [
      { score: { name: 'a', reads: ['tasks'], make: (see) => (m) => see.tasks.first(m) }, weight: 1 },
      // @ts-expect-error: another score of the sum declares the tasks
      { score: { name: 'b', reads: ['time'], make: (see) => (m) => see.tasks.first(m) }, weight: 2 },
    ],
  });
  const typed: Score<'time'> = { name: 't', reads: ['time'], make: (see) => () => see.time.now };
  // @ts-expect-error: its type has the tasks only
  const wrong: Score<'tasks'> = { name: 't', reads: ['tasks'], make: (see) => () => see.time.now };
  // @ts-expect-error: what a score with any reads sees is not known
  const any: AnyScore = { name: 't', reads: ['tasks'], make: (see) => () => see.time.now };
  byScore({ name: 's', reads: ['tasks'], make: (see) => (m) => see.tasks.first(m) });
  // @ts-expect-error: it declares the tasks only
  byScore({ name: 's', reads: ['tasks'], make: (see) => () => see.time.now });
  prepare({ score: typed });
  prepare({ score: any });
  const list = [
    { score: typed, weight: 1 },
    { score: wrong, weight: 1 },
  ];
  prepare({ score: list });
}

/** Asks one question in a run of the policy `mine`. The choice may be of any form. */
function asking(choice: unknown) {
  return runWithOneTask((view) => void view.machines.prepare(choice as never).best(view.queue.first));
}

const good: Score = { name: 's', reads: [], make: () => () => 1 };

describe('a score', () => {
  test('that reads an undeclared part does not compile', () => {
    expect(scoresThatCompile).toBeTypeOf('function');
  });

  test.each(['tasks', 'usage', 'cluster', 'job', 'time'] as const)(
    'that reads %s without declaring it stops the run, with the names of the score, the policy and the part',
    async (part) => {
      const message = `the score "s" of mine reads "${part}", which it does not declare in reads`;
      const early = {
        ...good,
        make: (see: never) => {
          const read: unknown = see[part];
          return () => (read === undefined ? 0 : 1);
        },
      };
      await expect(asking({ score: early })).rejects.toThrow(message);
      const late = { ...good, make: (see: never) => () => (see[part] === undefined ? 0 : 1) };
      await expect(asking({ score: late })).rejects.toThrow(message);
      await expect(asking({ score: [{ score: late, weight: 1 }] })).rejects.toThrow(message);
      await asking({ score: { ...late, reads: [part] } });
    },
  );

  test('that declares a part that does not exist stops the run', async () => {
    await expect(asking({ score: { ...good, reads: ['clock'] } })).rejects.toThrow(
      'the score "s" of mine reads "clock", expected one of tasks, usage, cluster, job, time',
    );
  });
});

describe('a malformed question stops the run, with the policy, the argument and what was found', () => {
  const part = { score: good, weight: 1 };
  test.each([
    [undefined, 'mine: prepare: score: found undefined, expected a score'],
    [{ score: [] }, 'mine: prepare: score: found an empty list, expected at least one weighted score'],
    [{ score: 'best' }, 'mine: prepare: score: found "best", expected a score'],
    [{ score: { ...good, name: 5 } }, 'mine: prepare: score.name: found 5, expected a name'],
    [
      { score: { ...good, reads: 'tasks' } },
      'mine: prepare: score.reads: found "tasks", expected a list of names',
    ],
    [{ score: { ...good, make: 3 } }, 'mine: prepare: score.make: found 3, expected a function'],
    [{ score: { ...good, make: () => 3 } }, 'the score "s" of mine: make: returned 3, expected a function'],
    [
      { score: good, ties: 'first' },
      'mine: prepare: ties: found "first", expected one of lowest-rank, random',
    ],
    [{ score: good, where: true }, 'mine: prepare: where: found true, expected a function'],
    [{ score: [part, null] }, 'mine: prepare: score[1].score: found undefined, expected a score'],
    [
      { score: [{ score: good }] },
      'mine: prepare: score[0].weight: found undefined, expected a finite number',
    ],
    [
      { score: [part, { ...part, normalise: 'min' }] },
      'mine: prepare: score[1].normalise: found "min", expected one of none, max, max-reversed, range, spread',
    ],
  ])('%#', async (choice, message) => {
    await expect(asking(choice)).rejects.toThrow(message);
  });
});
