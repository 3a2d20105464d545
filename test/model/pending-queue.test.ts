import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FOREVER, JobTable, NONE, PendingQueue, TaskTable } from '../../src/model/index.js';

const step = fc.record({ adds: fc.boolean(), pick: fc.nat(10_000) });

describe('a pending queue', () => {
  test('keeps the order in which tasks came, whoever leaves it, and counts its jobs and classes', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120, size: 'max' }), (steps) => {
        const { tasks, jobs, all } = tableOfTasks();
        const queue = new PendingQueue(tasks, jobs);
        const naive: number[] = [];
        for (const { adds, pick } of steps) {
          const outside = all.filter((task) => !naive.includes(task));
          if (adds && outside.length > 0) {
            const task = outside[pick % outside.length];
            queue.add(task);
            naive.push(task);
          } else if (naive.length > 0) {
            const [task] = naive.splice(pick % naive.length, 1);
            queue.remove(task);
          }
          expect(inOrder(queue)).toEqual(naive);
          expect(queue.length).toBe(naive.length);
          expect(queue.jobCount).toBe(new Set(naive.map((task) => tasks.job[task])).size);
          expect(queue.classCount).toBe(new Set(naive.map((task) => tasks.taskClass[task])).size);
        }
      }),
    );
  });

  test('numbers the joins of all queues of a table in one row: a row used again in another queue is told apart', () => {
    const { tasks, jobs, all } = tableOfTasks();
    const [a, b] = [new PendingQueue(tasks, jobs), new PendingQueue(tasks, jobs)];
    a.add(all[0]);
    const before = tasks.enqueueSeq[all[0]];
    a.remove(all[0]);
    b.add(all[0]);
    expect(tasks.enqueueSeq[all[0]]).toBeGreaterThan(before);
  });

  test('two queues over one table do not disturb each other', () => {
    const { tasks, jobs, all } = tableOfTasks();
    const [a, b] = [new PendingQueue(tasks, jobs), new PendingQueue(tasks, jobs)];
    all.forEach((task, i) => {
      (i % 2 === 0 ? a : b).add(task);
    });
    a.remove(all[2]);
    expect(inOrder(a)).toEqual(all.filter((_, i) => i % 2 === 0 && i !== 2));
    expect(inOrder(b)).toEqual(all.filter((_, i) => i % 2 === 1));
  });

  test('an empty queue begins with nothing, again and again', () => {
    const { tasks, jobs, all } = tableOfTasks();
    const queue = new PendingQueue(tasks, jobs);
    for (let round = 0; round < 3; round++) {
      expect(queue.first).toBe(NONE);
      queue.add(all[round]);
      expect(queue.next(all[round])).toBe(NONE);
      queue.remove(all[round]);
    }
    expect([queue.length, queue.jobCount, queue.classCount]).toEqual([0, 0, 0]);
  });
});

/** Twelve tasks of four jobs and three classes, one of them with a large number. */
function tableOfTasks() {
  const jobs = new JobTable();
  const tasks = new TaskTable();
  const ids = Array.from({ length: 4 }, (_, i) => jobs.add({ name: i, framework: 0, submitted: 0 }));
  const all = Array.from({ length: 12 }, (_, i) =>
    tasks.add(
      { job: ids[i % 4], taskClass: [0, 1, 300][i % 3], estimate: FOREVER, priority: 0, submitted: 0 },
      0,
    ),
  );
  return { jobs, tasks, all };
}

function inOrder(queue: PendingQueue): number[] {
  const order: number[] = [];
  for (let task = queue.first; task !== NONE; task = queue.next(task)) order.push(task);
  return order;
}
