import type { CommandModule } from 'yargs';
import { InputError, NearestNames, quote } from '../../model/index.js';
import type { ExplainedRun } from '../../results/files/explanations-file.js';
import { readExplanations } from '../../results/files/read-explanations.js';
import { explainedRuns } from '../explained-runs.js';

interface ExplainArguments {
  job?: string;
  result?: string;
}

/** `simulate explain JOB RESULT`: prints why a job waited, from a folder that a run with `--explain` has written. */
export function explainCommand(): CommandModule<object, ExplainArguments> {
  return {
    command: 'explain <job> <result>',
    describe: 'print why a job waited, from results written with --explain and --out',
    builder: (argv) =>
      argv
        .positional('job', {
          type: 'string',
          demandOption: true,
          describe: 'name of a job, or of a framework for its jobs',
        })
        .positional('result', { type: 'string', demandOption: true, describe: 'folder written by --out' })
        .example('$0 explain 17 results', 'each run of the folder that has job 17')
        .example('$0 explain spark results/drf', 'the jobs of a framework under one policy') as never,
    handler: ({ job = '', result = '' }) => {
      process.stdout.write(explainedRuns(runsWith(job, readExplanations(result))));
    },
  };
}

/** The runs with the histories of these jobs only. @throws InputError with the nearest names if there are none */
function runsWith(name: string, runs: readonly ExplainedRun[]): ExplainedRun[] {
  const found = runs.map((run): ExplainedRun => {
    const { jobs, jobsLeftOut, ...histories } = run.histories;
    const ofFramework = jobs.filter(({ framework }) => framework === name);
    const named = jobs.filter(({ job }) => job === name);
    return {
      ...run,
      histories: {
        ...histories,
        jobs: ofFramework.length > 0 ? ofFramework : named,
        jobsLeftOut: ofFramework.length > 0 ? jobsLeftOut : 0,
      },
    };
  });
  if (found.some(({ histories }) => histories.jobs.length > 0)) return found;
  const nearest = new NearestNames(name);
  for (const { histories } of runs)
    for (const { job, framework } of histories.jobs) {
      nearest.see(job);
      nearest.see(framework);
    }
  throw new InputError({ field: 'job' }, `these results have no history of ${quote(name)}${nearest.text}`);
}
