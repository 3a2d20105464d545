import { userInfo } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { wallClock } from '../../../src/live/clock.js';
import type { JobTerms } from '../../../src/live/framework/submission.js';
import { SubmittedWork } from '../../../src/live/framework/submitted-work.js';
import { ObserverGroup } from '../../../src/metrics/observer-group.js';
import {
  Cluster,
  FOREVER,
  fromSeconds,
  imbalance,
  type Micros,
  ResourceSpace,
} from '../../../src/model/index.js';
import { placementNamed } from '../../../src/policies/placement/index.js';
import { listScheduler } from '../../../src/policies/schedulers/list-scheduler.js';
import { highestPriorityFirst } from '../../../src/policies/schedulers/waiting-list.js';
import { closeAll, closing, folder, startAgent, startMaster } from '../live-cluster.js';

afterEach(closeAll);

const PATIENCE = { timeout: 20_000, interval: 50 };
const AGENT = 'cpus:2;mem:512';

function job(name: string, command: string, more: Partial<JobTerms> = {}): JobTerms {
  const common = { environment: {}, demand: { cpus: 2, mem: 32 }, priority: 0 };
  const never = { estimate: FOREVER, timeLimit: FOREVER, deadline: FOREVER };
  return { ...common, ...never, name, command, tasks: 1, gang: false, retries: 0, ...more };
}

/** A command that writes this file and goes on when it is told to stop, for so many seconds. Its second attempt ends at once. */
const lasting = (file: string, seconds: number) =>
  `test -e ${file} && exit 0; trap 'touch ${file}; sleep ${seconds}; exit 1' TERM; while true; do sleep 0.05; done`;

/** A framework with a scheduler that preempts with this grace, and what happens to its tasks. */
function workOn(url: string, grace: Micros) {
  const events: string[] = [];
  const problems: string[] = [];
  const cluster = new Cluster(new ResourceSpace(['cpus', 'mem']));
  const { tasks, jobs } = cluster;
  const log = (what: string, task: number, machine = tasks.machine[task]) =>
    events.push(`${what} ${jobs.name[tasks.job[task] as number]} m${machine}`);
  const work = new SubmittedWork({
    clock: wallClock,
    now: () => wallClock.now(),
    random: () => 0.5,
    controllerRandom: () => () => 0.5,
    master: new URL(url),
    authorization: undefined,
    info: { user: userInfo().username, name: 'work', checkpoint: true, failover_timeout: 60 },
    cluster,
    framework: cluster.addFramework({ name: 'work' }),
    scheduler: listScheduler({
      name: 'list',
      order: highestPriorityFirst,
      placement: placementNamed('first-fit'),
      backfill: 'any',
      preemption: { starts: [] },
      grace,
    }),
    observer: new ObserverGroup([
      {
        taskStarted: (task) => log('started', task),
        taskStopping: (task) => log('stopping', task),
        taskKilled: (task, machine, cause) => log(cause, task, machine),
        taskEnded: (task, machine, outcome) => log(outcome, task, machine),
        passEnded: () => {
          const problem = imbalance(cluster);
          if (problem !== undefined) problems.push(problem);
        },
      },
    ]),
    refused: (error) => problems.push(error.message),
    report: (problem) => problems.push(problem),
    say: () => undefined,
  });
  closing(work, () => work.teardown());
  return { work, cluster, events, problems };
}

describe('a preemption on real agents', () => {
  it('lets the victim use its grace, and keeps its room for the task that needs it', async () => {
    const master = await startMaster();
    const agent = await startAgent(master.url, AGENT);
    const { work, cluster, events, problems } = workOn(master.url, fromSeconds(10));
    const told = join(agent.workDir, 'told');
    const victim = job('victim', lasting(told, 1));
    const urgent = job('urgent', `test -e ${told}`, { priority: 5 });
    const small = job('small', 'true', { demand: { cpus: 1, mem: 32 } });
    const over = work.run({ jobs: [victim], services: [] });
    await expect.poll(() => events, PATIENCE).toEqual(['started victim m0']);
    await expect
      .poll(() => [...master.master.state.tasks.values()].map(({ state }) => state), PATIENCE)
      .toEqual(['TASK_RUNNING']);
    work.change({ jobs: [victim, urgent, small], services: [] });
    await expect.poll(() => cluster.claims.size, PATIENCE).toBe(1);
    expect(events).toEqual(['started victim m0', 'stopping victim m0']);
    await expect.poll(() => events, PATIENCE).toContain('finished urgent m0');
    expect(events.slice(2, 5)).toEqual(['preempted victim m0', 'started urgent m0', 'finished urgent m0']);
    await expect
      .poll(() => events.filter((event) => event === 'started victim m0'), PATIENCE)
      .toHaveLength(2);
    expect(problems).toEqual([]);
    await work.teardown();
    void over;
  });

  it('ends the command when the grace is over', async () => {
    const master = await startMaster();
    const agent = await startAgent(master.url, AGENT);
    const { work, events, problems } = workOn(master.url, fromSeconds(0.5));
    const victim = job('victim', lasting(join(agent.workDir, 'told'), 15));
    void work.run({ jobs: [victim], services: [] });
    await expect.poll(() => events, PATIENCE).toEqual(['started victim m0']);
    await expect
      .poll(() => [...master.master.state.tasks.values()].map(({ state }) => state), PATIENCE)
      .toEqual(['TASK_RUNNING']);
    work.change({ jobs: [victim, job('urgent', 'true', { priority: 5 })], services: [] });
    await expect.poll(() => events, PATIENCE).toContain('finished urgent m0');
    expect(events.slice(1, 4)).toEqual(['stopping victim m0', 'preempted victim m0', 'started urgent m0']);
    expect(problems).toEqual([]);
  });

  it('goes on when its master is restarted while the victim stops', async () => {
    const workDir = folder('failover');
    const master = await startMaster({ workDir });
    const agent = await startAgent(master.url, AGENT);
    const { work, cluster, events } = workOn(master.url, fromSeconds(60));
    const told = join(agent.workDir, 'told');
    const victim = job('victim', lasting(told, 3));
    void work.run({ jobs: [victim], services: [] });
    await expect
      .poll(() => [...master.master.state.tasks.values()].map(({ state }) => state), PATIENCE)
      .toEqual(['TASK_RUNNING']);
    work.change({ jobs: [victim, job('urgent', 'true', { priority: 5 })], services: [] });
    await expect.poll(() => cluster.claims.size, PATIENCE).toBe(1);
    await master.stop();
    await startMaster({ workDir, port: master.port });
    await expect.poll(() => events, PATIENCE).toContain('finished urgent m0');
    expect(events.slice(1, 4)).toEqual(['stopping victim m0', 'preempted victim m0', 'started urgent m0']);
  });

  it('is forgone when the agent of the victim is lost, and the task starts elsewhere', async () => {
    const master = await startMaster({ flags: { agentReregisterTimeout: fromSeconds(0.5) } });
    const first = await startAgent(master.url, AGENT);
    const { work, cluster, events } = workOn(master.url, fromSeconds(60));
    const victim = job('victim', lasting(join(first.workDir, 'told'), 15));
    void work.run({ jobs: [victim], services: [] });
    await expect
      .poll(() => [...master.master.state.tasks.values()].map(({ state }) => state), PATIENCE)
      .toEqual(['TASK_RUNNING']);
    work.change({ jobs: [victim, job('urgent', 'true', { priority: 5 })], services: [] });
    await expect.poll(() => cluster.claims.size, PATIENCE).toBe(1);
    await first.stop();
    await startAgent(master.url, AGENT);
    await expect.poll(() => events, PATIENCE).toContain('finished urgent m1');
    expect(events.slice(1, 4)).toEqual(['stopping victim m0', 'lost victim m0', 'started urgent m1']);
    // The command of the first agent runs on without it, until that agent is back.
    await startAgent(master.url, AGENT, first.workDir);
  });
});

describe('a gang on real agents', () => {
  /** Member 0 fails at its first attempt; the others wait for a signal then. All succeed at their second attempt. */
  const failing = (file: string) =>
    `if test -e ${file}.$FAIRGROUND_TASK; then exit 0; fi; touch ${file}.$FAIRGROUND_TASK; ` +
    `if test $FAIRGROUND_TASK = 0; then sleep 0.5; exit 3; fi; exec sleep 1000`;

  it('restarts as a whole when it loses a member', async () => {
    const master = await startMaster();
    const agent = await startAgent(master.url, AGENT);
    await startAgent(master.url, AGENT);
    const { work, events, problems } = workOn(master.url, 0);
    const gang = job('gang', failing(join(agent.workDir, 'met')), { tasks: 2, gang: true, retries: 1 });
    expect(await work.run({ jobs: [gang], services: [] })).toBe(0);
    expect(events.map((event) => event.split(' ')[0])).toEqual([
      'started',
      'started',
      'failed',
      'stopping',
      'gang',
      'started',
      'started',
      'finished',
      'finished',
    ]);
    expect(problems).toEqual([]);
  });

  it('fails as a whole when a member may not be restarted', async () => {
    const master = await startMaster();
    const agent = await startAgent(master.url, AGENT);
    await startAgent(master.url, AGENT);
    const { work, events } = workOn(master.url, 0);
    const gang = job('gang', failing(join(agent.workDir, 'met')), { tasks: 2, gang: true });
    expect(await work.run({ jobs: [gang], services: [] })).toBe(1);
    expect(events.map((event) => event.split(' ')[0]).slice(2)).toEqual(['stopping', 'lost', 'killed']);
  });
});
