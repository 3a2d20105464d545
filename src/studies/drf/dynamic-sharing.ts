import { type Cluster, fromSeconds, type Micros, type Observer, ResourceSpace } from '../../model/index.js';
import { drf } from '../../policies/presets/drf.js';
import { PLAIN_ROW, type TaskRow } from '../../workloads/trace.js';
import { partsOf, simulateRows } from '../simulate-rows.js';
import type { Check } from '../study.js';

/** Section 7.1 of the DRF paper: two jobs on 48 nodes of 4 CPUs and 14 GB, whose demands change every two minutes. */
const NODES = 48;
const NODE = { cpus: 4, mem: 14 };
const PHASE: Micros = fromSeconds(120);

/** Not published. */
const TASK_LENGTH: Micros = fromSeconds(10);

const SPACE = new ResourceSpace(['cpus', 'mem']);

type Resource = 'cpus' | 'mem';
type Amounts = Readonly<Record<Resource, number>>;

/** Demands of the tasks of the two jobs in each phase, in CPUs and GB. */
const PHASES: readonly (readonly [Amounts, Amounts])[] = [
  [
    { cpus: 1, mem: 10 },
    { cpus: 1, mem: 1 },
  ],
  [
    { cpus: 2, mem: 4 },
    { cpus: 1, mem: 3 },
  ],
  [
    { cpus: 1, mem: 7 },
    { cpus: 1, mem: 4 },
  ],
];

/** The experiment under the policy `drf` with its own defaults; shares are means over the second half of each phase. */
export async function dynamicSharing(): Promise<Check[]> {
  const meter = new PhaseShares();
  await simulateRows({
    space: SPACE,
    machines: Array.from({ length: NODES }, (_, i) => ({ name: `node-${i}`, capacity: quanta(NODE) })),
    frameworks: [{ name: 'job 1' }, { name: 'job 2' }],
    rows: rows(),
    parts: partsOf(drf),
    seed: '1',
    horizon: PHASES.length * PHASE,
    // Waiting tasks of a phase are dropped when the next phase begins.
    patience: PHASE,
    observers: (cluster) => [meter.of(cluster)],
  });
  return [
    aboutCheck('phase 1, <1, 10>: memory of job 1', 70, meter.share(0, 0, 'mem')),
    aboutCheck('phase 1, <1, 1>: CPUs of job 2', 75, meter.share(0, 1, 'cpus')),
    equalCheck('phase 2, <2, 4> and <1, 3>: CPUs of both jobs', meter, 1, 'cpus'),
    equalCheck('phase 3, <1, 7> and <1, 4>: memory of both jobs', meter, 2, 'mem'),
  ];
}

/** At the start of each phase, the maximum number of tasks that can run in it. */
function* rows(): Iterable<TaskRow> {
  for (const [phase, demands] of PHASES.entries()) {
    for (const [job, demand] of demands.entries()) {
      yield {
        ...PLAIN_ROW,
        job: `phase ${phase + 1}, job ${job + 1}`,
        framework: job,
        submit: phase * PHASE,
        tasks: (NODES * NODE.cpus * PHASE) / TASK_LENGTH,
        demand: quanta(demand),
        duration: TASK_LENGTH,
      };
    }
  }
}

function quanta({ cpus, mem }: Amounts): number[] {
  return [...SPACE.quanta({ cpus, mem: mem * 1024 })];
}

/** Tolerance of the paper's "about 70" and "about 75" in percentage points: half of their difference, so that they stay distinct. */
const ABOUT = 2.5;

function aboutCheck(what: string, percent: number, share: number): Check {
  const difference = 100 * share - percent;
  return {
    what: `section 7.1, ${what}`,
    published: `about ${percent} %`,
    ours: percentText(share),
    difference: `${difference.toFixed(1)} points`,
    passed: Math.abs(difference) <= ABOUT,
  };
}

function equalCheck(what: string, meter: PhaseShares, phase: number, resource: Resource): Check {
  const [a, b] = [meter.share(phase, 0, resource), meter.share(phase, 1, resource)];
  const largestTask = Math.max(...PHASES[phase].map((demand) => demand[resource])) / (NODES * NODE[resource]);
  return {
    what: `section 7.1, ${what}`,
    published: 'equal',
    ours: `${percentText(a)} and ${percentText(b)}`,
    difference: `${(Math.abs(a - b) / largestTask).toFixed(2)} of a task`,
    passed: Math.abs(a - b) <= largestTask,
  };
}

function percentText(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

/** Mean shares of each job in the second half of each phase. */
class PhaseShares {
  /** Integrals of the share over Micros, by phase, job and dimension. */
  private readonly integrals = PHASES.map((demands) => demands.map(() => SPACE.names.map(() => 0)));
  private current = PHASES[0].map(() => SPACE.names.map(() => 0));
  private since: Micros = 0;

  of(cluster: Cluster): Partial<Observer> {
    const changed = (now: Micros) => {
      this.advance(now);
      this.current = this.current.map((shares, job) =>
        shares.map((_, d) => (cluster.frameworkAllocated[job * SPACE.size + d] ?? 0) / cluster.total[d]),
      );
    };
    return {
      taskStarted: (_task, now) => changed(now),
      taskEnded: (_task, _machine, _outcome, now) => changed(now),
      runEnded: (now) => this.advance(now),
    };
  }

  share(phase: number, job: number, resource: Resource): number {
    return this.integrals[phase][job][SPACE.names.indexOf(resource)] / (PHASE / 2);
  }

  private advance(now: Micros): void {
    this.integrals.forEach((jobs, phase) => {
      const from = Math.max(this.since, (phase + 0.5) * PHASE);
      const lasted = Math.min(now, (phase + 1) * PHASE) - from;
      if (lasted <= 0) return;
      jobs.forEach((shares, job) => {
        for (const d of shares.keys()) shares[d] += this.current[job][d] * lasted;
      });
    });
    this.since = now;
  }
}
