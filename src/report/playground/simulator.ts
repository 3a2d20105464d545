import { simulateRun } from '../../lab/run/run.js';
import { detailsFor } from '../../lab/run/run-spec.js';
import { generatedWorkload } from '../../lab/workload/workload.js';
import type { RunRecord } from '../../metrics/run-record.js';
import { exactDurationText, type Parameter, parameterText } from '../../model/index.js';
import { compareRuns } from '../../results/comparison.js';
import { resultsText } from '../../results/results-document.js';
import { FAILURE_PARAMETERS } from '../../sim/failures/failure-parameters.js';
import { FAILURE_PRESETS } from '../../sim/failures/presets.js';
import type { Catalogue, Field, FromSimulator, Interactive, Slider, ToSimulator } from '../experiment.js';
import { reportData } from '../make-report-data.js';
import { commandOf } from './command.js';
import { PAGE_POLICIES, pageSources } from './page-sources.js';
import { specsOf } from './run-specs.js';

/** Milliseconds between two messages about the progress. */
const PROGRESS_INTERVAL = 100;

/** The page: this script is a dedicated worker. */
const page = self as unknown as {
  postMessage(message: FromSimulator): void;
  onmessage: (event: { readonly data: ToSimulator }) => void;
};

page.onmessage = ({ data: { kind, interactive } }) => {
  const work = kind === 'describe' ? describe(interactive) : run(interactive);
  work.catch((error: unknown) =>
    page.postMessage({ kind: 'failed', message: error instanceof Error ? error.message : String(error) }),
  );
};

async function describe(interactive: Interactive): Promise<void> {
  page.postMessage({ kind: 'catalogue', catalogue: await catalogueOf(interactive) });
}

async function catalogueOf(interactive: Interactive): Promise<Catalogue> {
  const { name, services } = interactive.experiment.workload;
  const workload = generatedWorkload({ kind: 'generated', name, ...(services !== null && { services }) });
  const settings = [...fieldsOf(workload.parameters), ...fieldsOf(FAILURE_PARAMETERS, 'failures.')];
  const { defaultHorizon } = workload;
  return {
    policies: PAGE_POLICIES.map((policy) => ({ name: policy.name, fields: fieldsOf(policy.parameters) })),
    failures: FAILURE_PRESETS.map((preset) => preset.name),
    settings,
    sliders: SLIDERS.filter(({ field }) => settings.some((one) => one.name === field)),
    machines: (await workload.defaultMachines({})).name,
    until: defaultHorizon === undefined ? '' : exactDurationText(defaultHorizon),
  };
}

/** The settings that change most under the policies. */
const SLIDERS: readonly Slider[] = [
  { field: 'spark.jobsPerHour', label: 'Spark jobs per hour', least: 0, most: 600, text: '#' },
  { field: 'web.applications', label: 'Web applications', least: 0, most: 60, text: '#' },
  {
    field: 'failures.uptime',
    label: 'Days until a machine fails, on average',
    least: 1,
    most: 100,
    text: 'exponential(#d)',
  },
];

function fieldsOf(parameters: readonly Parameter[], prefix = ''): Field[] {
  return parameters
    .filter(({ kind }) => kind !== 'file')
    .map((parameter) => ({
      name: `${prefix}${parameter.name}`,
      about: parameter.about,
      default: parameterText(parameter, parameter.default),
      choices: parameter.kind === 'choice' ? parameter.choices : null,
    }));
}

async function run(interactive: Interactive): Promise<void> {
  const { experiment } = interactive;
  const sources = pageSources(interactive);
  const specs = await specsOf(experiment, sources);
  const records: RunRecord[] = [];
  let told = Number.NEGATIVE_INFINITY;
  for (const [i, spec] of specs.entries()) {
    const name = `${spec.label ?? spec.policy}, seed ${spec.seed}`;
    const pause = ({ done = 0 }: { readonly done: number | undefined }) => {
      const now = performance.now();
      if (now - told < PROGRESS_INTERVAL) return;
      told = now;
      page.postMessage({ kind: 'progress', run: name, done: (i + done) / specs.length });
    };
    records.push(await simulateRun(spec, sources, { pause, details: detailsFor(spec, specs) }));
  }
  const summaries = records.map(({ summary }) => summary);
  const versus = specs.some(({ label }) => label === experiment.versus)
    ? (experiment.versus ?? undefined)
    : undefined;
  page.postMessage({
    kind: 'ended',
    data: reportData(records, { command: commandOf(experiment), versus }),
    results: resultsText(summaries, compareRuns(summaries, { versus, family: 'short' })),
  });
}
