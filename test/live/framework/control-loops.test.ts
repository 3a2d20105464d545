import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { wallClock } from '../../../src/live/clock.js';
import type { ServiceTerms } from '../../../src/live/framework/submission.js';
import { SubmittedWork } from '../../../src/live/framework/submitted-work.js';
import { ObserverGroup } from '../../../src/metrics/observer-group.js';
import { Cluster, fromSeconds, ParameterValues, ResourceSpace } from '../../../src/model/index.js';
import type { Scheduler } from '../../../src/policies/contract.js';
import type { ControlFeature, Controller } from '../../../src/policies/contract-control.js';
import { SCALING_PARAMETERS, scalingTerms } from '../../../src/workloads/services/scaling-parameters.js';
import { closeAll, closing, startAgent, startMaster } from '../live-cluster.js';

afterEach(closeAll);

const PATIENCE = { timeout: 45_000, interval: 100 };

const FIRST_FIT: Scheduler = {
  name: 'first fit',
  schedule({ queue, machines }, act) {
    for (let task = queue.first; task >= 0; ) {
      const next = queue.next(task);
      const machine = machines.firstFit(task);
      if (machine >= 0) act.start(task, machine);
      task = next;
    }
  },
};

/** Busy for about a third of a core while the file exists, idle otherwise. */
function busyWhile(file: string): string {
  return `while :; do if [ -e ${file} ]; then i=0; while [ $i -lt 4000 ]; do i=$((i+1)); done; sleep 0.02; else sleep 0.5; fi; done`;
}

function service(command: string, scaling?: ServiceTerms['scaling']): ServiceTerms {
  return {
    name: 'web',
    command,
    environment: {},
    demand: { cpus: 0.05, mem: 32 },
    priority: 0,
    instances: 1,
    healthCheck: undefined,
    readyAfter: fromSeconds(0.1),
    readyWithin: fromSeconds(60),
    ...(scaling !== undefined && { scaling }),
  };
}

function workOn(url: string, controllers: readonly Controller[] = []) {
  const problems: string[] = [];
  const cluster = new Cluster(new ResourceSpace(['cpus', 'mem']));
  const work = new SubmittedWork({
    clock: wallClock,
    now: () => wallClock.now(),
    random: () => 0.5,
    controllerRandom: () => () => 0.5,
    controllers,
    master: new URL(url),
    authorization: undefined,
    info: { user: userInfo().username, name: 'work', checkpoint: true, failover_timeout: 60 },
    cluster,
    framework: cluster.addFramework({ name: 'work' }),
    scheduler: FIRST_FIT,
    observer: new ObserverGroup([]),
    refused: (error) => problems.push(error.message),
    report: (problem) => problems.push(problem),
    say: () => undefined,
  });
  return { work: closing(work, () => work.teardown()), problems, cluster };
}

async function threeAgents(url: string): Promise<void> {
  for (let i = 0; i < 3; i++) await startAgent(url, 'cpus:0.1;mem:256', undefined, { serves: true });
}

describe('control loops on real agents', { timeout: 120_000 }, () => {
  it('scale a service with its measured load, up over three agents and down again', async () => {
    const { master, url } = await startMaster();
    await threeAgents(url);
    const load = join(mkdtempSync(join(tmpdir(), 'fairground-load-')), 'load');
    const { work, problems } = workOn(url);
    const given = {
      ...{ scaling: 'target', target: 0.5, least: 1, most: 5, scalingInterval: fromSeconds(1) },
      ...{ coolDownIn: fromSeconds(2), readyAfter: fromSeconds(0.1) },
    };
    const scaling = scalingTerms(new ParameterValues(SCALING_PARAMETERS, given));
    const submission = { jobs: [], services: [service(busyWhile(load), scaling)] };
    void work.run(submission);
    const running = () =>
      [...master.state.tasks.values()].filter(({ state }) => state === 'TASK_RUNNING').map((t) => t.agentId);
    await expect.poll(() => work.readyInstances('web'), PATIENCE).toBe(1);
    writeFileSync(load, '');
    await expect.poll(() => running().length, PATIENCE).toBe(5);
    expect(new Set(running()).size).toBe(3);
    // The file still says one instance. A new reading of it changes nothing.
    work.change(submission);
    expect(running()).toHaveLength(5);
    rmSync(load);
    await expect.poll(() => running().length, PATIENCE).toBe(1);
    expect(problems).toEqual([]);
  });

  it('see the usage of tasks, evict them, and drain agents; a refused action has a reason', async () => {
    const { url } = await startMaster();
    await threeAgents(url);
    const verdicts: Record<string, unknown> = {};
    let evicted = Number.NaN;
    const controller: Controller = {
      name: 'probe',
      needs: ['usage', 'scale', 'evict'],
      control(view, act) {
        act.wakeAt(view.now + fromSeconds(0.3));
        const memory = view.usage.last(0, view.space.dimension('mem'));
        if (view.tasks.state(0) !== 'running' || Number.isNaN(memory) || verdicts.evict !== undefined) return;
        verdicts.memory = memory > 0;
        verdicts.bounds = [view.services.count, view.services.least(0), view.services.most(0)];
        verdicts.scale = act.scale(0, 2);
        verdicts.rent = act.rent(0, 1);
        verdicts.resize = act.resize(0, [1, 1]);
        verdicts.noDrain = act.undrain(0);
        evicted = view.tasks.machine(0);
        verdicts.drain = act.drain(evicted);
        verdicts.evict = act.evict(0);
      },
    };
    const { work, cluster } = workOn(url, [controller]);
    void work.run({ jobs: [], services: [service('exec sleep 1000')] });
    await expect.poll(() => verdicts.evict, PATIENCE).toBe('done');
    expect(verdicts).toEqual({
      memory: true,
      bounds: [1, 1, 1],
      scale: 'out-of-bounds',
      rent: 'unknown-offer',
      resize: 'not-permitted',
      noDrain: 'not-drained',
      drain: 'done',
      evict: 'done',
    });
    await expect.poll(() => cluster.tasks.machine[0], PATIENCE).not.toBe(evicted);
    await expect.poll(() => work.readyInstances('web'), PATIENCE).toBe(1);
    expect(cluster.tasks.machine[0]).not.toBe(evicted);
  });

  it.each(['resize', 'rent', 'revocable'] satisfies ControlFeature[])(
    'are refused at the start when they need %s',
    (feature) => {
      const controller = { name: 'greedy', needs: [feature], control: () => undefined };
      expect(() => workOn('http://127.0.0.1:9', [controller])).toThrow(
        `the control loop "greedy" needs "${feature}", which this host lacks`,
      );
    },
  );
});
