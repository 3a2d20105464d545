import { afterEach, describe, expect, it } from 'vitest';
import { Checkpoint } from '../../src/live/agent/checkpoint.js';
import { openStore, type Store } from '../../src/live/store.js';
import { fromSeconds } from '../../src/model/index.js';
import { FAULTS } from './faults/faults.js';
import { tasksWithProcesses } from './faults/machine.js';
import { repeatFault } from './faults/repeat-fault.js';
import { closeAll, closing, folder, startAgent, startMaster } from './live-cluster.js';
import { OffsetClock } from './offset-clock.js';
import { SchedulerClient } from './scheduler-client.js';

afterEach(closeAll);

describe('framework, master and machine agree on every task', () => {
  // What names and counts processes is read from /proc.
  it.skipIf(process.platform !== 'linux').each(FAULTS)('after: $name', async (fault) => {
    const { problems, recoveries } = await repeatFault(fault, 1, () => undefined);
    expect(problems).toEqual([]);
    expect(recoveries.length).toBe(1);
  });
});

/** A store on a disk that can be full. */
function fillable(store: Store, disk: { isFull: boolean }): Store {
  const write = (work: () => Promise<void>) =>
    disk.isFull ? Promise.reject(new Error('ENOSPC: no space left on device')) : work();
  return {
    folder: store.folder,
    put: (key, value) => write(() => store.put(key, value)),
    remove: (key) => write(() => store.remove(key)),
    entries: (prefix) => store.entries(prefix),
    close: () => store.close(),
  };
}

describe('a full disk', () => {
  it('of an agent ends it before it says what it could not keep; the next agent finds the task', async () => {
    const master = await startMaster();
    const disk = { isFull: false };
    const workDir = folder('agent');
    const store = fillable(await openStore(`${workDir}/checkpoint`), disk);
    const agent = await startAgent(master.url, undefined, workDir, { checkpoint: new Checkpoint(store) });
    const client = new SchedulerClient(master.url);
    closing(client, () => client.close());
    await client.subscribe({ checkpoint: true, failover_timeout: 60 });
    await client.launch(await client.offer(), { t1: 'sleep 1; exit 7' });
    await client.follow('t1', 'TASK_STARTING', 'TASK_RUNNING');
    disk.isFull = true;
    await expect.poll(() => agent.failures.length, { timeout: 10_000 }).toBeGreaterThan(0);
    expect(agent.failures[0]?.message).toContain('ENOSPC');
    await agent.stop();
    disk.isFull = false;
    await startAgent(master.url, undefined, workDir);
    const end = await client.follow('t1', 'TASK_FAILED');
    expect(end.message).toBe('Command exited with status 7');
  });

  it('of a master admits no agent, and the agent comes in when there is room', async () => {
    const disk = { isFull: true };
    const store = fillable(await openStore(folder('master')), disk);
    const master = await startMaster({ store });
    const joining = startAgent(master.url);
    await expect.poll(() => master.problems.length, { timeout: 10_000 }).toBeGreaterThan(0);
    expect(master.master.state.agents.size).toBe(0);
    disk.isFull = false;
    const agent = await joining;
    expect([...master.master.state.agents.keys()]).toEqual([agent.id]);
  });

  it('of a master that must give an agent up puts that off until there is room', async () => {
    const disk = { isFull: false };
    const store = fillable(await openStore(folder('master')), disk);
    const flags = { agentReregisterTimeout: fromSeconds(0.2) };
    const master = await startMaster({ store, flags });
    const agent = await startAgent(master.url);
    disk.isFull = true;
    await agent.stop();
    await expect.poll(() => master.problems.length, { timeout: 10_000 }).toBeGreaterThan(0);
    expect(master.master.state.unreachable.size).toBe(0);
    disk.isFull = false;
    await expect.poll(() => master.master.state.unreachable.size, { timeout: 20_000 }).toBe(1);
    expect(master.master.state.agents.size).toBe(0);
  });
});

describe('a clock that jumps', () => {
  // Ten times each way and back: docs/live.md says of every fault what came of twenty.
  it.each([3600, -3600])('by %s seconds, ten times, loses no task, and offers go on', async (jump) => {
    const clock = new OffsetClock();
    const master = await startMaster({ clock });
    await startAgent(master.url, undefined, undefined, { clock });
    const client = new SchedulerClient(master.url);
    closing(client, () => client.close());
    await client.subscribe({ checkpoint: true, failover_timeout: 60 });
    for (let round = 0; round < 10; round++) {
      const [before, after] = [`before-${round}`, `after-${round}`];
      await client.launch(await client.offer(), { [before]: 'sleep 0.3' });
      await client.follow(before, 'TASK_STARTING', 'TASK_RUNNING');
      clock.jump(fromSeconds(jump));
      await client.call('REVIVE');
      await client.launch(await client.offer(), { [after]: 'true' });
      await client.follow(after, 'TASK_STARTING', 'TASK_RUNNING', 'TASK_FINISHED');
      await client.follow(before, 'TASK_FINISHED');
      await expect.poll(() => master.master.state.tasks.size).toBe(0);
      expect([...tasksWithProcesses(client.frameworkId)]).toEqual([]);
      // A refusal may last no longer because the clock went back an hour.
      const again = await client.offer();
      await client.call('DECLINE', { decline: { offer_ids: [again.id], filters: { refuse_seconds: 0.3 } } });
      clock.jump(-fromSeconds(jump));
    }
    await client.offer();
  });
});
