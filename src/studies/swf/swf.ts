import { join } from 'node:path';
import { run } from '../../lab/run/node/run.js';
import type { RunSpec } from '../../lab/run/run-spec.js';
import {
  type Cluster,
  InputError,
  type JobId,
  type Micros,
  type Observer,
  type ParameterValues,
  secondsText,
} from '../../model/index.js';
import { policyNamed } from '../../policies/registry.js';
import { readCsv } from '../../workloads/formats/csv-records.js';
import { namesIn } from '../reference-data.js';
import type { Check, Study, StudyRequest } from '../study.js';

/**
 * Batch scheduling on logs of the Parallel Workloads Archive. The start and end of every job are compared with the schedules of pyss
 * and of an independent reference implementation, under both rules for simultaneous events.
 */
export const swfStudy: Study = {
  name: 'swf',
  about:
    'FCFS, SJF, EASY and conservative backfilling on archive logs, compared job by job (with pyss and a second implementation)',
  parameters: [
    {
      kind: 'text',
      name: 'logs',
      default: '',
      form: 'names of logs joined by commas',
      pattern: /^/,
      about: 'logs to run [all], such as KTH-SP2-5k,NASA-iPSC',
    },
  ],
  needsData: () => true,
  run: runStudy,
};

async function runStudy({ data, settings, progress }: StudyRequest): Promise<readonly Check[]> {
  const folder = join(data as string, 'swf');
  const schedules = schedulesIn(folder, settings);
  const checks: Check[] = [];
  for (const schedule of schedules) {
    progress(`${schedule.policy} on ${schedule.log}, ${schedule.rule}`);
    checks.push(await compare(folder, schedule));
  }
  return checks;
}

interface Schedule {
  readonly file: string;
  readonly log: string;
  readonly policy: string;
  readonly rule: 'merge' | 'each';
}

/** Every `<log>.<policy>.<rule>.csv.gz` with its `<log>.swf` in the same folder. @throws InputError */
function schedulesIn(folder: string, settings: ParameterValues): Schedule[] {
  const names = namesIn(folder);
  const only = settings.text('logs') === '' ? undefined : settings.text('logs').split(',');
  checkLogs(only ?? [], names);
  const schedules = names.flatMap((name) => {
    const match = /^(.+)\.([^.]+)\.(merge|each)\.csv(\.gz)?$/.exec(name);
    if (match === null || !names.includes(`${match[1]}.swf`)) return [];
    const [, log, policy, rule] = match;
    if (only !== undefined && !only.includes(log)) return [];
    if (policyNamed(policy) === undefined)
      throw new InputError({ file: join(folder, name) }, `belongs to the unknown policy "${policy}"`);
    return [{ file: join(folder, name), log, policy, rule: rule as 'merge' | 'each' }];
  });
  if (schedules.length === 0)
    throw new InputError(
      { file: folder },
      'contains no reference schedule (<log>.<policy>.<rule>.csv.gz next to <log>.swf)',
    );
  return schedules;
}

/** @throws InputError for a log that is not in the folder. */
function checkLogs(logs: readonly string[], names: readonly string[]): void {
  const known = names.filter((name) => name.endsWith('.swf')).map((name) => name.slice(0, -'.swf'.length));
  const unknown = logs.find((log) => !known.includes(log));
  if (unknown !== undefined)
    throw InputError.expected({ field: '--logs' }, unknown, `one of ${known.join(', ')}`, known);
}

async function compare(folder: string, { file, log, policy, rule }: Schedule): Promise<Check> {
  const spec: RunSpec = {
    policy,
    workload: { kind: 'trace', path: join(folder, `${log}.swf`), format: 'swf' },
    seed: '1',
    set: { simultaneous: rule },
  };
  const ours = await timesOf(spec);
  let jobs = 0;
  let equal = 0;
  let first: string | undefined;
  for await (const record of readCsv(file, ['job_id', 'start', 'end'])) {
    jobs++;
    const wanted = `${record.text('start')}-${record.text('end')}`;
    const got = ours.get(record.text('job_id')) ?? 'nothing';
    if (got === wanted) equal++;
    else first ??= `first job ${record.text('job_id')}: ${got} s instead of ${wanted} s`;
  }
  return {
    what: `${log}, ${policy}, ${rule}: start and end of each job`,
    published: `${jobs} jobs`,
    ours: `${equal} equal of ${ours.size}`,
    difference: first ?? 'none',
    passed: equal === jobs && ours.size === jobs,
  };
}

/** Start and end of every job as `start-end` in seconds, by job id. */
async function timesOf(spec: RunSpec): Promise<ReadonlyMap<string, string>> {
  const times = new Map<string, string>();
  await run(spec, { observers: (cluster) => [new JobTimes(cluster, times)] });
  return times;
}

class JobTimes implements Partial<Observer> {
  private readonly cluster: Cluster;
  private readonly times: Map<string, string>;

  constructor(cluster: Cluster, times: Map<string, string>) {
    this.cluster = cluster;
    this.times = times;
  }

  jobEnded(job: JobId, now: Micros): void {
    const { jobs } = this.cluster;
    this.times.set(String(jobs.name[job]), `${secondsText(jobs.started[job])}-${secondsText(now)}`);
  }
}
