import { userInfo } from 'node:os';
import { afterEach, describe, expect, it } from 'vitest';
import { wallClock } from '../../../src/live/clock.js';
import { hostedScheduler } from '../../../src/live/framework/hosted-scheduler.js';
import type { JobTerms, ServiceTerms } from '../../../src/live/framework/submission.js';
import { SubmittedWork } from '../../../src/live/framework/submitted-work.js';
import { ObserverGroup } from '../../../src/metrics/observer-group.js';
import { Cluster, FOREVER, fromSeconds, ParameterValues, ResourceSpace } from '../../../src/model/index.js';
import { policyNamed } from '../../../src/policies/registry.js';
import { closeAll, closing, startAgent, startMaster } from '../live-cluster.js';
import { SchedulerClient } from '../scheduler-client.js';

afterEach(closeAll);

const COMMON = { environment: {}, demand: { cpus: 1, mem: 32 }, priority: 0 };

function job(name: string, command: string, more: Partial<JobTerms> = {}): JobTerms {
  const never = { estimate: FOREVER, timeLimit: FOREVER, deadline: FOREVER };
  return { ...COMMON, ...never, name, command, tasks: 1, gang: false, retries: 0, ...more };
}

function service(command: string, more: Partial<ServiceTerms> = {}): ServiceTerms {
  return {
    ...COMMON,
    name: 'web',
    command,
    instances: 2,
    healthCheck: undefined,
    readyAfter: fromSeconds(0.3),
    readyWithin: fromSeconds(20),
    ...more,
  };
}

/** A framework on the scheduler of a policy, and the lines it says. */
function workOn(url: string, policy = 'easy') {
  const said: string[] = [];
  const problems: string[] = [];
  const space = new ResourceSpace(['cpus', 'mem']);
  const cluster = new Cluster(space);
  const preset = policyNamed(policy) as NonNullable<ReturnType<typeof policyNamed>>;
  const context = { space, machines: [], frameworks: [{ name: 'work' }], forecast: undefined, taskMix: [] };
  const parts = preset.build(new ParameterValues(preset.parameters), context);
  const placed: string[] = [];
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
    scheduler: hostedScheduler(policy, parts, { memory: false }),
    observer: new ObserverGroup([
      {
        taskStarted: (task) =>
          placed.push(
            `${cluster.jobs.name[cluster.tasks.job[task] as number]} ${cluster.tasks.machine[task]}`,
          ),
      },
    ]),
    refused: (error) => problems.push(error.message),
    report: (problem) => problems.push(problem),
    say: (message) => said.push(message),
  });
  closing(work, () => work.teardown());
  return { work, said, problems, placed, cluster };
}

/** Commands of running tasks, by the master's books. */
function running(master: Awaited<ReturnType<typeof startMaster>>): string[] {
  return [...master.master.state.tasks.values()]
    .filter(({ state }) => state === 'TASK_RUNNING')
    .map(({ info }) => info.command?.value ?? '');
}

const PATIENCE = { timeout: 20_000, interval: 50 };

describe('submitted work', () => {
  it.each(['easy', 'bin-packing', 'fgd', 'drf'])(
    'is placed by the scheduler of %s and runs to its end',
    async (policy) => {
      const master = await startMaster();
      await startAgent(master.url, 'cpus:2;mem:512');
      await startAgent(master.url, 'cpus:2;mem:512');
      const { work, said, problems, placed } = workOn(master.url, policy);
      const jobs = [
        job('many', 'test -n "$FAIRGROUND_TASK"', { tasks: 6, estimate: fromSeconds(5) }),
        job('gang', 'true', { tasks: 4, gang: true, estimate: fromSeconds(5) }),
      ];
      expect(await work.run({ jobs, services: [] })).toBe(0);
      expect(said).toEqual(expect.arrayContaining(['many: finished', 'gang: finished']));
      expect(placed).toHaveLength(10);
      expect(new Set(placed.map((text) => text.split(' ')[1]))).toEqual(new Set(['0', '1']));
      expect(problems).toEqual([]);
    },
  );

  it('stands only on agents that satisfy its constraint, and keeps its placement rules', async () => {
    const master = await startMaster();
    const disks = { name: 'disks', type: 'SCALAR', scalar: { value: 4 } };
    await startAgent(master.url, 'cpus:2;mem:512');
    await startAgent(master.url, 'cpus:2;mem:512', undefined, { attributes: [disks] });
    const { work, placed, cluster } = workOn(master.url);
    const rule = {
      spread: [{ attribute: 'machine', atMost: 1 }],
      together: [],
      avoid: [],
      beside: [],
      prefers: [],
    };
    const jobs = [
      job('many', 'true', { tasks: 4, constraint: [{ attribute: 'disks', operator: 'greater', bound: 3 }] }),
      job('few', 'true', { tasks: 2, constraint: [{ attribute: 'disks', operator: 'absent' }] }),
      job('apart', 'sleep 1', { tasks: 2, rule }),
    ];
    expect(await work.run({ jobs, services: [] })).toBe(0);
    const large = cluster.machines.specs.findIndex(({ attributes }) => attributes?.disks === '4');
    expect(large).toBeGreaterThanOrEqual(0);
    const machinesOfJob = (name: string) =>
      placed.filter((text) => text.startsWith(name)).map((text) => Number(text.split(' ')[1]));
    expect(machinesOfJob('many')).toEqual([large, large, large, large]);
    expect(machinesOfJob('few')).toEqual([1 - large, 1 - large]);
    expect(machinesOfJob('apart').sort()).toEqual([0, 1]);
  });

  it('has the user, labels, deadline and time limit of its job, and is stopped for good at the limit', async () => {
    const master = await startMaster();
    await startAgent(master.url, 'cpus:2;mem:512');
    const { work, said, cluster } = workOn(master.url, 'easy');
    const facts = { user: 'ann', labels: { team: 'ads' }, deadline: fromSeconds(60) };
    const long = job('long', 'exec sleep 60', { ...facts, timeLimit: fromSeconds(0.5), retries: 3 });
    const over = work.run({ jobs: [long], services: [] });
    const { jobs, tasks } = cluster;
    const [user, labels] = [jobs.user[0], jobs.labels[0]];
    expect({ user, labels, deadline: jobs.deadline[0] - jobs.submitted[0] }).toEqual(facts);
    // Without an estimate, a policy plans with the limit.
    expect([tasks.timeLimit[0], tasks.estimate[0]]).toEqual([fromSeconds(0.5), fromSeconds(0.5)]);
    expect(await over).toBe(1);
    expect(said).toEqual([
      'long: task failed: Command ran longer than its maximum completion time',
      'long: 1 tasks failed permanently',
    ]);
  });

  it('starts a task again as often as it may, then its job has failed', async () => {
    const master = await startMaster();
    await startAgent(master.url);
    const { work, said } = workOn(master.url);
    expect(await work.run({ jobs: [job('bad', 'exit 3', { retries: 2 })], services: [] })).toBe(1);
    const message = 'TASK_FAILED: Command exited with status 3';
    expect(said).toEqual([
      `bad: task failed, restarting: ${message}`,
      `bad: task failed, restarting: ${message}`,
      `bad: task failed: ${message}`,
      'bad: 1 tasks failed permanently',
    ]);
  });

  it('leaves the offers to others while nothing of it waits', async () => {
    const master = await startMaster();
    await startAgent(master.url, 'cpus:2;mem:512');
    const { work } = workOn(master.url);
    void work.run({ jobs: [], services: [service('sleep 1000', { instances: 1 })] });
    await expect.poll(() => running(master), PATIENCE).toEqual(['sleep 1000']);
    const other = new SchedulerClient(master.url);
    closing(other, () => other.close());
    await other.subscribe();
    const offer = await other.offer();
    expect(offer.resources.find(({ name }: { name: string }) => name === 'cpus').scalar.value).toBe(1);
  });

  it('restarts the instances of a service elsewhere when their agent is lost', async () => {
    const master = await startMaster({ flags: { agentReregisterTimeout: fromSeconds(0.5) } });
    const first = await startAgent(master.url, 'cpus:2;mem:512');
    const { work, said } = workOn(master.url);
    void work.run({ jobs: [], services: [service('sleep 1000')] });
    await expect.poll(() => work.readyInstances('web'), PATIENCE).toBe(2);
    const second = await startAgent(master.url, 'cpus:2;mem:512');
    await first.stop();
    await expect.poll(() => said.filter((line) => line.includes('instance lost')).length, PATIENCE).toBe(2);
    await expect.poll(() => work.readyInstances('web'), PATIENCE).toBe(2);
    expect([...master.master.state.tasks.values()].every(({ agentId }) => agentId === second.id)).toBe(true);
    // The commands of the first agent run on without it; it learns of their fate when it comes back.
    await startAgent(master.url, 'cpus:2;mem:512', first.workDir);
  });

  it('restarts an instance that fails', async () => {
    const master = await startMaster();
    const agent = await startAgent(master.url);
    const { work, said } = workOn(master.url);
    const once = `${agent.workDir}/once`;
    void work.run({
      jobs: [],
      services: [service(`test -e ${once} || { touch ${once}; exit 1; }; exec sleep 1000`, { instances: 1 })],
    });
    await expect.poll(() => work.readyInstances('web'), PATIENCE).toBe(1);
    expect(said).toEqual(['web: instance failed: TASK_FAILED: Command exited with status 1']);
  });

  it('rolls an upgrade out one by one: never are fewer instances ready than before', async () => {
    const master = await startMaster();
    await startAgent(master.url);
    const { work, said } = workOn(master.url);
    void work.run({ jobs: [], services: [service('sleep 1001')] });
    await expect.poll(() => work.readyInstances('web'), PATIENCE).toBe(2);
    let fewest = Number.POSITIVE_INFINITY;
    work.change({ jobs: [], services: [service('sleep 1002')] });
    await expect
      .poll(() => {
        fewest = Math.min(fewest, work.readyInstances('web'));
        return said.includes('web: upgrade complete') && running(master).sort();
      }, PATIENCE)
      .toEqual(['sleep 1002', 'sleep 1002']);
    expect(fewest).toBe(2);
  });

  it('rolls back an upgrade of which an instance fails, or is not ready in time', async () => {
    const master = await startMaster();
    await startAgent(master.url);
    const { work, said } = workOn(master.url);
    void work.run({ jobs: [], services: [service('sleep 1001')] });
    await expect.poll(() => work.readyInstances('web'), PATIENCE).toBe(2);
    work.change({ jobs: [], services: [service('exit 7')] });
    await expect.poll(() => said, PATIENCE).toContain('web: upgrade is rolled back');
    expect(said).toContain('web: instance failed: TASK_FAILED: Command exited with status 7');
    said.length = 0;
    const slow = { readyAfter: fromSeconds(60), readyWithin: fromSeconds(1) };
    work.change({ jobs: [], services: [service('sleep 1003', slow)] });
    await expect.poll(() => said, PATIENCE).toContain('web: upgrade is rolled back');
    expect(said).toContain('web: new instance not ready in time');
    await expect.poll(() => running(master), PATIENCE).toEqual(['sleep 1001', 'sleep 1001']);
    expect(work.readyInstances('web')).toBe(2);
  });

  it('goes on when its master was restarted: nothing is lost, nothing runs twice', async () => {
    const workDir = (await import('../live-cluster.js')).folder('failover');
    const master = await startMaster({ workDir });
    const agent = await startAgent(master.url);
    const { work, said } = workOn(master.url);
    void work.run({ jobs: [], services: [service('sleep 1000')] });
    await expect.poll(() => work.readyInstances('web'), PATIENCE).toBe(2);
    await master.stop();
    const again = await startMaster({ workDir, port: master.port });
    await expect
      .poll(() => again.master.state.agents.get(agent.id)?.stream !== undefined, PATIENCE)
      .toBe(true);
    await expect
      .poll(
        () => [...again.master.state.frameworks.values()].every(({ stream }) => stream !== undefined),
        PATIENCE,
      )
      .toBe(true);
    work.change({ jobs: [], services: [service('sleep 1000', { instances: 3 })] });
    await expect.poll(() => work.readyInstances('web'), PATIENCE).toBe(3);
    expect(running(again)).toEqual(['sleep 1000', 'sleep 1000', 'sleep 1000']);
    expect(said).toEqual([]);
  });
});

describe('a hosted scheduler', () => {
  it('is refused where its policy needs a cell of its own', () => {
    const parts = { architecture: 'sampling', terms: {} } as unknown as Parameters<typeof hostedScheduler>[1];
    expect(() => hostedScheduler('sparrow', parts, { memory: false })).toThrow(
      /--policy: sparrow is a model of another kind of master, for the simulator only/,
    );
  });
});
