import { dirname, join } from 'node:path';
import { run } from '../../lab/run/node/run.js';
import type { RunSpec } from '../../lab/run/run-spec.js';
import { fromSeconds, InputError, type ParameterValues, secondsText } from '../../model/index.js';
import { readCsv } from '../../workloads/formats/csv-records.js';
import type { Check, Study, StudyRequest } from '../study.js';
import { type Expected, type OmegaCase, readOmegaCases } from './omega-cases.js';
import { OmegaStatistics } from './omega-statistics.js';

/**
 * The three architectures of the Omega paper (Schwarzkopf et al., EuroSys 2013) on one job list. The results are compared
 * with google/cluster-scheduler-simulator, the authors' simulator.
 */
export const omegaStudy: Study = {
  name: 'omega',
  about:
    "monolithic, two-level and shared-state scheduling, compared with Omega's simulator (Schwarzkopf et al., EuroSys 2013)",
  parameters: [
    {
      kind: 'file',
      name: 'cases',
      default: '',
      about: 'file of cases [DIR/omega/cases.json]; their traces are in the same folder',
    },
    {
      kind: 'number',
      name: 'placement-seeds',
      default: 5,
      min: 1,
      max: 1000,
      integer: true,
      about: 'runs per shared-state case; their mean is compared, because results depend on placement',
    },
  ],
  needsData: (settings) => settings.text('cases') === '',
  run: runStudy,
};

async function runStudy({ data, settings, progress }: StudyRequest): Promise<readonly Check[]> {
  const file = casesFile(data, settings);
  const checks: Check[] = [];
  for (const one of readOmegaCases(file)) {
    checks.push(...(await compare(file, one, settings.number('placement-seeds'), progress)));
  }
  return checks;
}

function casesFile(data: string | undefined, settings: ParameterValues): string {
  const given = settings.text('cases');
  return given === '' ? join(data as string, 'omega', 'cases.json') : given;
}

type Results = ReadonlyMap<string, number>;

async function compare(
  file: string,
  one: OmegaCase,
  placementSeeds: number,
  progress: StudyRequest['progress'],
): Promise<Check[]> {
  const seeds = one.architecture === 'shared-state' ? placementSeeds : 1;
  const workloads = await workloadsOf(file, one);
  const results: Results[] = [];
  for (let seed = 1; seed <= seeds; seed++) {
    progress(seeds === 1 ? one.id : `${one.id}, seed ${seed} of ${seeds}`);
    results.push(await resultsOf(file, one, workloads, String(seed)));
  }
  return expectedFigures(one).map(([name, wanted]) => check(one, name, wanted, results));
}

/** All expected figures of the case, by the names of OmegaStatistics. */
function expectedFigures({ expect }: OmegaCase): [string, Expected][] {
  return Object.entries(expect).flatMap(([name, wanted]): [string, Expected][] => {
    if (typeof wanted === 'number' || Array.isArray(wanted)) return [[name, wanted as Expected]];
    return Object.entries(wanted ?? {}).map(([workload, value]) => [`${name}.${workload}`, value]);
  });
}

function check(one: OmegaCase, name: string, wanted: Expected, results: readonly Results[]): Check {
  const ours = results.reduce((sum, values) => sum + (values.get(name) ?? Number.NaN), 0) / results.length;
  const what = `${one.id}: ${name}`;
  if (typeof wanted !== 'number') {
    const [low, high] = wanted;
    return {
      what,
      published: `${low} .. ${high}`,
      ours: figure(ours),
      difference:
        ours < low ? `${figure(low - ours)} below` : ours > high ? `${figure(ours - high)} above` : 'none',
      passed: ours >= low && ours <= high,
    };
  }
  const tolerance = typeof one.tolerance === 'number' ? one.tolerance : TOLERANCE_BESIDE_RANGES;
  return {
    what,
    published: String(wanted),
    ours: figure(ours),
    difference: wanted === 0 ? figure(ours) : `${((100 * (ours - wanted)) / wanted).toFixed(3)} %`,
    passed: Math.abs(ours - wanted) <= tolerance * Math.abs(wanted),
  };
}

/** A case with ranges has no numeric tolerance. Its plain numbers use the tolerance of the other cases of the table. */
const TOLERANCE_BESIDE_RANGES = 0.001;

function figure(value: number): string {
  return String(Number(value.toFixed(6)));
}

async function resultsOf(
  file: string,
  one: OmegaCase,
  workloads: readonly string[],
  seed: string,
): Promise<Results> {
  let statistics: OmegaStatistics | undefined;
  await run(specOf(file, one, workloads, seed), {
    observers: (cluster) => {
      statistics = new OmegaStatistics(cluster);
      return [statistics];
    },
  });
  const schedulersOf = (workload: string) =>
    one.architecture === 'shared-state' ? (one.sharedState.schedulers[workload] ?? 1) : 1;
  return (statistics as OmegaStatistics).results(fromSeconds(one.horizonSeconds), schedulersOf);
}

/**
 * The workloads of the case's trace.
 * @throws InputError when the case has no decision time or no scheduler count for a workload.
 */
async function workloadsOf(file: string, one: OmegaCase): Promise<readonly string[]> {
  const names = new Set<string>();
  for await (const record of readCsv(traceOf(file, one), ['workload'])) names.add(record.text('workload'));
  for (const name of names) {
    if (!(name in one.thinkTimeSeconds))
      throw new InputError({ file, field: `${one.id}.thinkTimeSeconds.${name}` }, 'is missing');
    if (one.architecture === 'shared-state' && !(name in one.sharedState.schedulers))
      throw new InputError({ file, field: `${one.id}.sharedState.schedulers.${name}` }, 'is missing');
  }
  return [...names];
}

/** The trace of a case is in the same folder as its file. */
function traceOf(file: string, one: OmegaCase): string {
  return join(dirname(file), one.trace);
}

function specOf(file: string, one: OmegaCase, workloads: readonly string[], seed: string): RunSpec {
  const { count, cpus, memGiB } = one.machines;
  const { policy, set } = policyOf(one, workloads);
  return {
    policy,
    workload: { kind: 'trace', path: traceOf(file, one), format: 'omega' },
    machines: `${count}x${cpus}cpu/${memGiB}GiB`,
    seed,
    until: fromSeconds(one.horizonSeconds),
    set: { ...set, decisionTimes: decisionTimes(one, workloads) },
  };
}

/** Our policy for the architecture, with those special rules of the peer simulator that affect its results (docs/studies.md). */
function policyOf(one: OmegaCase, workloads: readonly string[]): Pick<RunSpec, 'policy' | 'set'> {
  switch (one.architecture) {
    case 'monolithic':
      return { policy: 'monolithic', set: {} };
    case 'two-level':
      return {
        policy: 'whole-cell-offers',
        set: {
          allocatorTime: seconds(one.twoLevel.allocatorThinkSeconds),
          interval: seconds(one.twoLevel.offerIntervalSeconds),
          minimumCpus: String(one.twoLevel.minimumOfferCpus),
          mode: 'omega-simulator',
        },
      };
    case 'shared-state': {
      const { conflict, transaction, schedulers } = one.sharedState;
      return {
        policy: 'omega',
        set: {
          conflict: conflict === 'sequence-numbers' ? 'sequence-number' : conflict,
          transaction,
          numbering: 'claim',
          schedulers: ['1', ...workloads.map((name) => `${name}:${schedulers[name]}`)].join(','),
        },
      };
    }
  }
}

function decisionTimes({ thinkTimeSeconds }: OmegaCase, workloads: readonly string[]): string {
  return workloads
    .map((name) => {
      const { perJob, perTask } = thinkTimeSeconds[name];
      return `${name}:${seconds(perJob)}+${seconds(perTask)}`;
    })
    .join(',');
}

function seconds(value: number): string {
  return `${secondsText(fromSeconds(value))}s`;
}
