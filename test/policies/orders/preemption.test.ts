import { describe, expect, test } from 'vitest';
import { runPreset } from './run-preset.js';

/** A task that runs for long. */
const running = (cpus: number, priority: number, at = 0) => ({ needs: { cpus }, runs: 500, priority, at });

async function killed(...args: Parameters<typeof runPreset>): Promise<string[]> {
  const { events } = await runPreset(...args);
  return events.filter((event) => event.includes('killed'));
}

describe('of the tasks on one machine, preemption stops', () => {
  test('the last to have started among equally important ones, which loses the least work', async () => {
    const rows = [running(2, 1), running(2, 1, 5), running(2, 2, 10)];
    expect(await killed('borg', [{ cpus: 4 }], rows)).toEqual(['10 task 1 killed m0 preempted']);
    const three = [running(1, 1, 1), running(1, 1, 2), running(1, 1, 3), running(2, 2, 10)];
    expect(await killed('borg', [{ cpus: 3 }], three)).toEqual([
      '10 task 1 killed m0 preempted',
      '10 task 2 killed m0 preempted',
    ]);
  });

  test('the least important, though another has just started', async () => {
    const rows = [running(2, 0), running(2, 1, 5), running(2, 2, 10)];
    expect(await killed('borg', [{ cpus: 4 }], rows)).toEqual(['10 task 0 killed m0 preempted']);
  });

  test('those that are in the way, and spares the others from the most important down', async () => {
    // Four of five cores are needed: beside the three of task 2 one of the two others must go.
    const rows = [running(1, 0), running(1, 1), running(3, 2), running(4, 3, 10)];
    expect((await killed('borg', [{ cpus: 5 }], rows)).sort()).toEqual([
      '10 task 0 killed m0 preempted',
      '10 task 2 killed m0 preempted',
    ]);
  });
});

describe('preemption', () => {
  test('stops no task of its own band, though one of a lower band runs elsewhere', async () => {
    const rows = [running(4, 1), running(2, 0), running(4, 1, 10)];
    expect(await killed('borg', [{ cpus: 4 }, { cpus: 2 }], rows)).toEqual([]);
  });
});

describe('of several machines, preemption takes', () => {
  test('the one whose most important victim is the least important, though it loses more tasks', async () => {
    const rows = [running(4, 2), running(2, 1), running(2, 1), running(4, 3, 10)];
    expect((await killed('borg', [{ cpus: 4 }, { cpus: 4 }], rows)).sort()).toEqual([
      '10 task 1 killed m1 preempted',
      '10 task 2 killed m1 preempted',
    ]);
  });

  test('then the one with the fewest victims, though it loses more work', async () => {
    const rows = [running(4, 1), running(2, 1, 8), running(2, 1, 8), running(4, 3, 10)];
    expect(await killed('borg', [{ cpus: 4 }, { cpus: 4 }], rows)).toEqual(['10 task 0 killed m0 preempted']);
  });

  test('then the one that loses the least work', async () => {
    const rows = [running(4, 1), running(4, 1, 5), running(4, 3, 10)];
    expect(await killed('borg', [{ cpus: 4 }, { cpus: 4 }], rows)).toEqual(['10 task 1 killed m1 preempted']);
  });

  test('then the one of the lowest rank', async () => {
    const rows = [running(4, 1), running(4, 1), running(4, 3, 10)];
    expect(await killed('borg', [{ cpus: 4 }, { cpus: 4 }], rows)).toEqual(['10 task 0 killed m0 preempted']);
  });
});
