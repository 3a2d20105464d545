import { describe, expect, it } from 'vitest';
import { ServiceKeeper } from '../../../src/live/framework/service-keeper.js';
import type { ServiceTerms } from '../../../src/live/framework/submission.js';
import { fromSeconds } from '../../../src/model/index.js';
import { VirtualClock } from '../virtual-clock.js';

const TERMS: ServiceTerms = {
  name: 'web',
  command: 'serve',
  environment: {},
  demand: { cpus: 1 },
  priority: 0,
  instances: 2,
  healthCheck: { type: 'COMMAND', command: { value: 'probe' } },
  readyAfter: fromSeconds(5),
  readyWithin: fromSeconds(60),
};

function keeperOf(terms: ServiceTerms) {
  const clock = new VirtualClock(0);
  const alive = new Map<number, ServiceTerms>();
  const said: string[] = [];
  let tasks = 0;
  const keeper = new ServiceKeeper(
    {
      clock,
      submit: (instance) => {
        alive.set(tasks, instance);
        return tasks++;
      },
      stop: (task) => alive.delete(task),
      say: (message) => said.push(message),
    },
    terms,
  );
  return { keeper, clock, alive, said };
}

describe('the keeper of a service', () => {
  it('counts an instance as ready when its health check has passed and it has run for its time', async () => {
    const { keeper, clock } = keeperOf(TERMS);
    keeper.running(0, undefined);
    await clock.advance(fromSeconds(10));
    expect(keeper.ready).toBe(0);
    keeper.running(0, true);
    await clock.advance(fromSeconds(4));
    expect(keeper.ready).toBe(0);
    await clock.advance(fromSeconds(1));
    expect(keeper.ready).toBe(1);
    keeper.running(0, false);
    expect(keeper.ready).toBe(0);
  });

  it('rolls an upgrade back whose instance never gets well', async () => {
    const { keeper, clock, alive, said } = keeperOf(TERMS);
    const next = { ...TERMS, command: 'serve --new' };
    for (const task of [0, 1]) keeper.running(task, true);
    await clock.advance(fromSeconds(5));
    keeper.change(next);
    expect([...alive.values()]).toEqual([TERMS, TERMS, next]);
    keeper.running(2, false);
    await clock.advance(fromSeconds(60));
    expect([...alive.values()]).toEqual([TERMS, TERMS]);
    expect(said.at(-1)).toBe('web: upgrade is rolled back');
  });

  it('changes only the number of instances where only that is other', () => {
    const { keeper, alive, said } = keeperOf(TERMS);
    keeper.change({ ...TERMS, instances: 4 });
    expect(alive.size).toBe(4);
    keeper.change({ ...TERMS, instances: 1 });
    expect(alive.size).toBe(1);
    expect(said).toEqual([]);
  });

  it('does not end an upgrade because an agent was lost', async () => {
    const { keeper, clock, said } = keeperOf(TERMS);
    keeper.change({ ...TERMS, command: 'serve --new' });
    keeper.lost(2, 'TASK_LOST');
    keeper.running(2, true);
    await clock.advance(fromSeconds(5));
    expect(said).not.toContain('web: upgrade is rolled back');
  });
});
