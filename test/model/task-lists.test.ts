import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Cluster, FOREVER, NONE, ResourceSpace, TaskState } from '../../src/model/index.js';
import type { TaskLists } from '../../src/model/ledger/task-lists.js';

function listOf({ first, next }: TaskLists, owner: number): number[] {
  const tasks: number[] = [];
  for (let task = first[owner]; task !== NONE; task = next[task]) tasks.push(task);
  return tasks;
}

/** The same lists as arrays, which are searched. */
interface Twin {
  all: number[];
  pending: number[];
}

const without = (tasks: readonly number[], task: number) => tasks.filter((other) => other !== task);

describe('the lists of the ledger', () => {
  test('have the tasks of each job, its pending tasks and all running tasks in order, as naive arrays do', () => {
    const step = fc.record({ what: fc.nat(4), which: fc.nat(1000) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300, size: 'max' }), (steps) => {
        const cluster = new Cluster(new ResourceSpace(['cpus']));
        cluster.addMachine({ name: 'm', capacity: [1_000_000] });
        cluster.addFramework({ name: 'f' });
        const twins = new Map<number, Twin>();
        let placed: number[] = [];
        const { tasks, jobs } = cluster;
        const inState = (state: number) =>
          [...twins.values()].flatMap(({ all }) => all).filter((task) => tasks.state[task] === state);
        const end = (task: number) => {
          const job = tasks.job[task];
          const twin = twins.get(job) as Twin;
          twin.all = without(twin.all, task);
          twin.pending = without(twin.pending, task);
          placed = without(placed, task);
          if (cluster.forget(task)) twins.delete(job);
        };
        for (const { what, which } of steps) {
          const pending = inState(TaskState.pending);
          const running = inState(TaskState.running);
          if (what <= 1 || pending.length + running.length === 0) {
            const known = [...twins.keys()];
            const isNew = which % 4 === 0 || known.length === 0;
            const job = isNew
              ? cluster.addJob({ name: which, framework: 0, submitted: 0 })
              : known[which % known.length];
            if (isNew) twins.set(job, { all: [], pending: [] });
            const taskClass = cluster.classes.acquire({ demand: [1] });
            const task = cluster.submit({ job, taskClass, estimate: FOREVER, priority: 0, submitted: 0 });
            twins.get(job)?.all.push(task);
            twins.get(job)?.pending.push(task);
          } else if (what === 2 && pending.length > 0) {
            const task = pending[which % pending.length];
            cluster.start(task, 0, 0);
            const twin = twins.get(tasks.job[task]) as Twin;
            twin.pending = without(twin.pending, task);
            placed.push(task);
          } else if (what === 3 && running.length > 0) {
            const task = running[which % running.length];
            placed = without(placed, task);
            if (which % 2 === 0) {
              cluster.kill(task);
              twins.get(tasks.job[task])?.pending.push(task);
            } else {
              cluster.finish(task);
              end(task);
            }
          } else if (pending.length > 0) {
            const task = pending[which % pending.length];
            cluster.withdraw(task);
            end(task);
          }
          expect(listOf(tasks.placed, 0)).toEqual(placed);
          for (const [job, { all, pending }] of twins) {
            expect(listOf(jobs.allTasks, job)).toEqual(all);
            expect(listOf(jobs.pendingTasks, job)).toEqual(pending);
            expect(jobs.pending[job]).toBe(pending.length);
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});
