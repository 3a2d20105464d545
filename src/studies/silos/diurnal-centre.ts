import { RandomStreams } from '../../sim/random-streams.js';
import { type DataCentre, waitObjectives } from './data-centre.js';

/** The factors of the study; every number is a proposal. */
export interface Mix {
  /** Mean demand of all frameworks together, cores. */
  readonly meanCores: number;
  /** Ratio of peak to mean load of each service. */
  readonly peakToMean: number;
  /** Number of services, which have equal parts of the interactive load. */
  readonly services: number;
  /** Hour of the daily peak: the same for all services, or drawn per service from the seed. */
  readonly peaks: 'same' | 'drawn';
  /** Share of the mean demand that is batch work. */
  readonly batchShare: number;
  /** Objective for the p95 wait of batch tasks, seconds. */
  readonly batchWait: number;
  /** Cores of a batch task; its memory is 3.5 GiB per core. */
  readonly batchCores: number;
  /** A failure preset, or `none`. */
  readonly failures: string;
}

const MACHINE_CORES = 16;

/** Cores of an instance of a service. */
const SERVICE_CORES = 2;

/** Cores of the batch task to which SIZES refers. Tasks with half the cores mean twice as many tasks per job. */
const SIZED_CORES = 4;

/** Memory of a batch task, as in Spark: 14 GiB for four cores. */
const BATCH_GIB_PER_CORE = 3.5;

/** Above the priority of batch work (0). Only policies with priorities use it. */
const SERVICE_PRIORITY = 200;

/** Hour of the common peak if `peaks` is `same`. */
const COMMON_PEAK = 14;

/** Sizes of batch jobs: a bounded Pareto law; the largest job demands 5/3 of the mean demand. Run times: lognormal, seconds. */
const SIZES = { sizeAlpha: 1.3, sizeMin: 8, sizeMaxPerCore: 400 / 960 };
const TIMES = { taskMedian: 150, taskSigma: 0.8 };

const BATCH = 'batch';

/** Services with one peak a day, and a batch framework. */
export function diurnalCentre(mix: Mix): DataCentre {
  const interactive = (mix.meanCores * (1 - mix.batchShare)) / mix.services;
  const services = Array.from({ length: mix.services }, (_, i) => `service-${i + 1}`);
  const frameworks = mix.batchShare > 0 ? [...services, BATCH] : services;
  const meanOf = (name: string) => (isBatch(name) ? mix.meanCores * mix.batchShare : interactive);
  return {
    frameworks,
    shape: `${MACHINE_CORES}cpu/64GiB`,
    meanMachines: (names) => names.reduce((sum, name) => sum + meanOf(name), 0) / MACHINE_CORES,
    spec: (names, seed) => {
      const hours = peakHours(mix, services, seed);
      const settings = (name: string) =>
        isBatch(name)
          ? batchSettings(mix, meanOf(name))
          : serviceSettings(mix, interactive, hours.get(name) as number);
      return {
        workload: { kind: 'generated', name: 'diurnal-centre', services: names.map(useOf) },
        set: Object.fromEntries(
          names.flatMap((name) =>
            Object.entries(settings(name)).map(([key, value]) => [`${name}.${key}`, String(value)]),
          ),
        ),
        seed,
        ...(mix.failures !== 'none' && { failures: { preset: mix.failures } }),
      };
    },
    objectives: (names) => waitObjectives(names, isBatch, mix.batchWait, mix.failures !== 'none'),
    isBatch,
  };
}

function isBatch(framework: string): boolean {
  return framework === BATCH;
}

function useOf(name: string): string {
  return `${name}=${isBatch(name) ? 'spark' : 'diurnal'}`;
}

function serviceSettings({ peakToMean }: Mix, cores: number, peakHour: number): Record<string, number> {
  return {
    instances: cores / SERVICE_CORES,
    cpus: SERVICE_CORES,
    peakToMean,
    peakHour,
    priority: SERVICE_PRIORITY,
  };
}

/** The job rate is set so that the mean demand is `cores`, from the means of the bounded Pareto and the lognormal law. */
function batchSettings({ meanCores, batchCores }: Mix, cores: number): Record<string, number> {
  const tasksPerSized = SIZED_CORES / batchCores;
  const [a, low] = [SIZES.sizeAlpha, SIZES.sizeMin * tasksPerSized];
  const high = Math.max(low + 1, Math.round(SIZES.sizeMaxPerCore * meanCores * tasksPerSized));
  const tasksPerJob =
    ((low ** a / (1 - (low / high) ** a)) * a * (low ** (1 - a) - high ** (1 - a))) / (a - 1);
  const secondsPerTask = TIMES.taskMedian * Math.exp(TIMES.taskSigma ** 2 / 2);
  const coreHoursPerJob = (tasksPerJob * secondsPerTask * batchCores) / 3600;
  return {
    sizeAlpha: a,
    sizeMin: low,
    sizeMax: high,
    ...TIMES,
    cpus: batchCores,
    memGiB: batchCores * BATCH_GIB_PER_CORE,
    jobsPerHour: cores / coreHoursPerJob,
  };
}

function peakHours(mix: Mix, services: readonly string[], seed: string): ReadonlyMap<string, number> {
  const draw = new RandomStreams(seed).stream('silos/peak-hours');
  return new Map(services.map((name) => [name, mix.peaks === 'same' ? COMMON_PEAK : 24 * draw()]));
}
