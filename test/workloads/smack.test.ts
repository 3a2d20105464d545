import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY, HOUR, ResourceSpace } from '../../src/model/index.js';
import { RandomStreams } from '../../src/sim/random-streams.js';
import { compose } from '../../src/workloads/composition.js';
import { parseMachines } from '../../src/workloads/machines.js';
import {
  SMACK,
  SMACK_HORIZON,
  SMACK_MACHINES,
  SMACK_RESOURCES,
  SMACK_SERVICES,
} from '../../src/workloads/smack.js';
import type { TaskBatch } from '../../src/workloads/trace.js';
import { SPACE } from './service-rows.js';

/** Values by service, then by parameter. */
type ServiceSettings = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** One line per row, by framework. */
type Lines = Readonly<Record<string, readonly string[]>>;

function opened(seed: string, settings: ServiceSettings = {}, horizon = 2 * HOUR, space = SPACE) {
  const streams = new RandomStreams(seed);
  const flat = Object.entries(settings).flatMap(([service, values]) =>
    Object.entries(values).map(([name, value]) => [`${service}.${name}`, value] as const),
  );
  const scene = { space, horizon, stream: (name: string) => streams.stream(name) };
  return compose(SMACK, { ...scene, settings: Object.fromEntries(flat) });
}

function lineOf(batch: TaskBatch, row: number): string {
  const vector = (column: Int32Array | Float64Array) =>
    column.subarray(row * batch.dims, (row + 1) * batch.dims).join('/');
  return [
    batch.job[row],
    batch.submit[row],
    batch.tasks[row],
    vector(batch.demand),
    batch.duration[row],
    vector(batch.usage),
    batch.curve[row],
  ].join(' ');
}

function linesOf(seed: string, settings: ServiceSettings = {}, horizon = 2 * HOUR): Lines {
  const trace = opened(seed, settings, horizon);
  const lines: Record<string, string[]> = Object.fromEntries(trace.frameworks.map(({ name }) => [name, []]));
  for (const batch of trace.batches() as Iterable<TaskBatch>)
    for (let row = 0; row < batch.length; row++)
      lines[trace.frameworks[batch.framework[row]].name].push(lineOf(batch, row));
  return lines;
}

describe('the default workload', () => {
  it('is the same rows for the same seed, and others for another', () => {
    const first = linesOf('1');
    expect(linesOf('1')).toEqual(first);
    const other = linesOf('2');
    expect(other.spark).not.toEqual(first.spark);
    expect(other.web).not.toEqual(first.web);
    for (const resident of ['kafka', 'cassandra', 'elasticsearch'])
      expect(other[resident]).toEqual(first[resident]);
  });

  it('has the five services as frameworks, each with tasks', () => {
    const lines = linesOf('1');
    expect(Object.keys(lines)).toEqual(['kafka', 'cassandra', 'elasticsearch', 'web', 'spark']);
    for (const rows of Object.values(lines)) expect(rows.length).toBeGreaterThan(0);
  });

  it.each(
    SMACK_SERVICES.flatMap((service) =>
      service.parameters
        .filter((parameter) => parameter.kind === 'number' && parameter.name !== 'noiseMemory')
        .map((parameter) => [service.name, parameter.name, (parameter.default as number) / 2 + 0.5] as const),
    ),
  )('keeps all other services as they are when %s.%s changes', (service, parameter, value) => {
    const small = { spark: { jobsPerHour: 20 }, web: { applications: 3 } };
    const usual = linesOf('1', small, HOUR);
    const whole = Number.isInteger(value) ? value : Math.ceil(value);
    const changed = linesOf(
      '1',
      { ...small, [service]: { ...small[service as keyof typeof small], [parameter]: whole } },
      HOUR,
    );
    for (const name of Object.keys(usual).filter((other) => other !== service))
      expect(changed[name]).toEqual(usual[name]);
  });

  it('comes in order of submission, the rows of a job together, for any seed and settings', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.record({
          spark: fc.record({
            jobsPerHour: fc.integer({ min: 0, max: 300 }),
            burstJobs: fc.integer({ min: 1, max: 40 }),
            burstGap: fc.integer({ min: 0, max: 60_000_000 }),
            sizeMax: fc.integer({ min: 8, max: 50 }),
          }),
          web: fc.record({
            applications: fc.integer({ min: 0, max: 5 }),
            instances: fc.integer({ min: 1, max: 20 }),
            noise: fc.double({ min: 0, max: 1, noNaN: true }),
          }),
          kafka: fc.record({ brokers: fc.integer({ min: 0, max: 3 }) }),
        }),
        (seed, settings) => {
          let last = 0;
          let job = '';
          const seen = new Set<string>();
          const wrong: string[] = [];
          for (const batch of opened(seed, settings).batches() as Iterable<TaskBatch>) {
            for (let row = 0; row < batch.length; row++) {
              const [submit, name] = [batch.submit[row], String(batch.job[row])];
              if (submit < last || submit >= 2 * HOUR) wrong.push(`${name} comes at ${submit} after ${last}`);
              last = submit;
              if (name === job) continue;
              if (seen.has(name)) wrong.push(`${name} comes again`);
              seen.add(name);
              job = name;
            }
          }
          expect(wrong).toEqual([]);
        },
      ),
      { numRuns: 25 },
    );
  });

  it('asks for nothing that the cluster does not have', () => {
    const trace = opened('1', {}, HOUR, new ResourceSpace(['cpus']));
    const [batch] = trace.batches() as Iterable<TaskBatch>;
    expect(batch.dims).toBe(1);
    expect([...batch.demand.subarray(0, 4)]).toEqual([4000, 6000, 6000, 2000]);
  });

  it('loads its own cluster, and asks for less than there is: a quarter to nine tenths of each resource over a day', async () => {
    const source = parseMachines(SMACK_MACHINES);
    expect(source.resources).toEqual(SMACK_RESOURCES);
    const machines = await source.machines(SPACE);
    const capacity = SPACE.names.map((_, d) => machines.reduce((sum, { capacity }) => sum + capacity[d], 0));
    const demand = new Array<number>(SPACE.size).fill(0);
    for (const batch of opened('1', {}, SMACK_HORIZON).batches() as Iterable<TaskBatch>) {
      for (let row = 0; row < batch.length; row++) {
        const time = Math.min(batch.duration[row], DAY - batch.submit[row]) * batch.tasks[row];
        for (let d = 0; d < batch.dims; d++) demand[d] += batch.demand[row * batch.dims + d] * time;
      }
    }
    const load = demand.map((amount, d) => amount / DAY / capacity[d]);
    expect(Math.max(...load)).toBeLessThan(0.9);
    // Disk is there for the services that hold data, and mostly empty.
    for (const share of load.slice(0, 2)) expect(share).toBeGreaterThan(0.25);
  });
});
