import { spawn } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { usageOfSessions } from '../../../src/live/agent/session-usage.js';
import { MeasuredUsage } from '../../../src/live/framework/measured-usage.js';
import { fromSeconds, ResourceSpace } from '../../../src/model/index.js';

const SPACE = new ResourceSpace(['cpus', 'mem', 'disk']);
const [CPUS, MEM, DISK] = [0, 1, 2];

describe('measured usage', () => {
  const reading = (seconds: number, cpuSeconds: number, memoryMib: number) => ({
    at: fromSeconds(seconds),
    cpuSeconds,
    memoryMib,
  });

  it('has samples from the second reading on, in quanta, over a window of a minute', () => {
    const usage = new MeasuredUsage(SPACE, () => 'a.0');
    usage.record(7, 'a.0', reading(100, 5, 10), fromSeconds(1));
    expect(usage.last(7, CPUS)).toBeNaN();
    expect(usage.sampled(7)).toBeNaN();
    usage.record(7, 'a.0', reading(102, 6, 20.5), fromSeconds(3));
    expect([usage.last(7, CPUS), usage.last(7, MEM), usage.sampled(7)]).toEqual([500, 21, fromSeconds(3)]);
    usage.record(7, 'a.0', reading(103, 7.5, 11), fromSeconds(4));
    expect([usage.last(7, CPUS), usage.mean(7, CPUS), usage.peak(7, CPUS)]).toEqual([1500, 1000, 1500]);
    expect(usage.last(7, DISK)).toBeNaN();
    expect(usage.mean(7, DISK)).toBeNaN();
    // The first sample is older than a minute now.
    usage.record(7, 'a.0', reading(163, 7.5, 11), fromSeconds(63.5));
    expect([usage.mean(7, CPUS), usage.peak(7, CPUS)]).toEqual([750, 1500]);
  });

  it('forgets the samples of an attempt that no longer runs', () => {
    let attempt = 'a.0';
    const usage = new MeasuredUsage(SPACE, () => attempt);
    usage.record(0, 'a.0', reading(0, 0, 1), 0);
    usage.record(0, 'a.0', reading(1, 1, 1), 1);
    attempt = 'a.1';
    expect(usage.last(0, CPUS)).toBeNaN();
    usage.record(0, 'a.1', reading(2, 0, 1), 2);
    expect(usage.last(0, CPUS)).toBeNaN();
    usage.record(0, 'a.1', reading(3, 0.25, 1), 3);
    expect(usage.last(0, CPUS)).toBe(250);
  });
});

describe.skipIf(process.platform !== 'linux')('an agent', () => {
  it('measures all processes of a session, and no others', async () => {
    const command = '( while :; do :; done ) & sleep 60';
    const child = spawn('/bin/sh', ['-c', command], { detached: true, stdio: 'ignore' });
    const leader = child.pid as number;
    try {
      await expect
        .poll(() => usageOfSessions(new Set([leader])).get(leader)?.userSeconds ?? 0, { timeout: 20_000 })
        .toBeGreaterThan(0.1);
      const used = usageOfSessions(new Set([leader, 2 ** 22 + 1]));
      expect([...used.keys()]).toEqual([leader]);
      expect(used.get(leader)?.memoryBytes).toBeGreaterThan(100_000);
    } finally {
      process.kill(-leader, 'SIGKILL');
    }
  });

  it('measures nothing without /proc', () => {
    expect(usageOfSessions(new Set([1]), '/no-proc').size).toBe(0);
  });
});
