import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { performRun } from '../../src/lab/run/node/run-task.js';
import { convertTrace } from '../../src/lab/workload/convert-trace.js';
import { ResourceSpace } from '../../src/model/index.js';
import { readMachines } from '../../src/workloads/machines-file.js';
import { DATA } from '../reference-data.js';

const folder = mkdtempSync(join(tmpdir(), 'fairground-convert-'));

function inFolder(name: string, content = ''): string {
  const path = join(folder, name);
  if (content !== '') writeFileSync(path, content);
  return path;
}

interface Source {
  readonly file: string;
  readonly set?: Readonly<Record<string, string>>;
  readonly machines?: string;
  /** Length of a run with tasks that never end, in microseconds. */
  readonly until?: number;
}

function order(source: Source, out: string) {
  return { format: undefined, set: {}, machines: undefined, replaces: true, ...source, out };
}

/** The event log of a run. */
async function events(policy: string, { file, set = {}, machines, until }: Source): Promise<string> {
  const eventsOut = join(folder, 'events.csv');
  const workload = { kind: 'trace' as const, path: file };
  const given = { ...(machines !== undefined && { machines }), ...(until !== undefined && { until }) };
  await performRun({ spec: { policy, workload, seed: '1', set, ...given }, eventsOut });
  return readFileSync(eventsOut, 'utf8');
}

/** The conversion as it is replayed. */
async function converted(source: Source, out: string): Promise<Source> {
  const { machines, set } = await convertTrace(order(source, out));
  return {
    file: out,
    set: Object.fromEntries(set.map((setting) => setting.split('='))),
    ...(source.until !== undefined && { until: source.until }),
    ...(machines === null ? { machines: source.machines as string } : { machines: machines.file }),
  };
}

async function expectTheSameEvents(source: Source, policies = ['fcfs', 'drf']): Promise<void> {
  const conversions = await Promise.all(
    ['csv', 'csv.gz', 'parquet'].map((ending, i) => converted(source, inFolder(`out-${i}.${ending}`))),
  );
  for (const policy of policies) {
    const original = await events(policy, source);
    expect(original.split('\n').length).toBeGreaterThan(5);
    for (const conversion of conversions) expect(await events(policy, conversion)).toBe(original);
  }
}

const PODS = `name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,qos,pod_phase,creation_time,deletion_time,scheduled_time
p1,4000,1024,1,460,,LS,Running,10,40,10
p0,8000,2048,2,500,V100|T4,LS,Succeeded,0,25,0
p2,1000,512,0,0,,BE,Succeeded,5,50,5
p2,2000,512,2,1000,T4,BE,Succeeded,5,50,5
`;

const NODES = `sn,cpu_milli,memory_mib,gpu,model
node-b,8000,8192,2,T4
node-a,8000,8192,2,V100
`;

describe('a converted trace has the events of the original', () => {
  it('for an openb pod list out of order, with shares of several GPUs, models and names of nodes', async () => {
    inFolder('openb_node_list_gpu_node.csv', NODES);
    await expectTheSameEvents({ file: inFolder('pods.csv', PODS) });
    // The same of the list without times: pods that never leave.
    await expectTheSameEvents({
      until: 100e6,
      file: inFolder('untimed.csv', PODS.replaceAll(/^((?:[^,]*,){4}[^,]*).*$/gm, '$1')),
    });
  });

  it('for a job list of the Omega study, whose clock starts at zero and whose second framework submits first', async () => {
    const lines = ['Batch,7.5,4,10,1.0,2.0', 'Batch,8,3,20.25,1,1', 'Service,2.25,2,100,2,2'];
    const file = inFolder('jobs.csv', `workload,submitted,tasks,duration,cpus,mem\n${lines.join('\n')}\n`);
    // Offers are made at whole intervals from the start of the run.
    await expectTheSameEvents({ file, machines: '2x4cpu/16GiB' }, ['fcfs', 'drf', 'drf(interval=3s)']);
  });

  it('for an SWF log out of order, with preceding jobs, limits, users and a pool', async () => {
    const file = inFolder(
      'log.swf',
      `; MaxProcs: 4
1 100 -1 50 2 -1 -1 2 60 -1 1 7 1 -1 1 1 2 5
2 0 -1 90 4 -1 -1 4 80 -1 1 8 1 -1 1 1 -1 -1
3 10 -1 20 1 -1 -1 1 -1 -1 1 7 2 -1 2 1 -1 -1
3 10 -1 30 1 -1 -1 1 -1 -1 1 9 2 -1 2 1 -1 -1
`,
    );
    await expectTheSameEvents({ file });
    await expectTheSameEvents({ file, set: { 'swf.framework': 'user', 'swf.span': 'cores' } });
  });

  it("for Fairground's own format with everything that a row can have", async () => {
    const file = inFolder(
      'own.csv',
      `job_id,framework,submit,duration,cpus,gpus,gpu_count,tasks,time_limit,runtime_estimate,priority,gang,minimum,constraint,spread,avoid,user,labels,deadline,task,after,follows,think_time,fail_after,attempts,ended,used.cpus
a,web,0.000001,10,1,0.6,2,2,,,1,1,1,,machine,,"x ",team=ads;tier=2,50,,,,,,1:failed|2:failed|9:evicted,killed,0.5
b,etl,3,4,1,0,,3,20,5,0,0,,shape=2cpu/2gpu,,web,,,,map,,,,2,,,
b,etl,3,forever,1,0,,1,6,5,0,0,,shape=2cpu/2gpu,,web,,,,sort,map,,,,,,0:0.5|2:|4:1
c,etl,4,1,1,0,,1,,,0,0,,,,,,,,,,a,1.5,,,,1
`,
    );
    await expectTheSameEvents({ file, machines: '3x2cpu/2gpu', until: 100e6 });
  });

  it.skipIf(DATA === undefined)('for a log of the archive and a pod list of the release', async () => {
    await expectTheSameEvents({ file: join(DATA as string, 'swf/HPC2N-excerpt.swf') }, ['easy']);
    const rows = readFileSync(join(DATA as string, 'openb/openb_pod_list_gpuspec33.csv'), 'utf8').split('\n');
    copyFileSync(
      join(DATA as string, 'openb/openb_node_list_gpu_node.csv'),
      inFolder('openb_node_list_gpu_node.csv'),
    );
    await expectTheSameEvents({ file: inFolder('part.csv', rows.slice(0, 400).join('\n')) }, ['fcfs']);
  });
});

describe('a conversion', () => {
  const small = inFolder('small.csv', 'job_id,submit,duration,cpus\na,0,1,1\nb,2,1,1\n');

  it('divides jobs for the machines that are given', async () => {
    const file = inFolder('wide.swf', '; MaxProcs: 8\n1 0 -1 50 6 -1 -1 6 60 -1 1 7 1 -1 1 1 -1 -1\n');
    const out = inFolder('wide.csv.gz');
    expect(
      await convertTrace(order({ file, machines: '4x2cpu', set: { 'swf.span': 'nodes' } }, out)),
    ).toMatchObject({ jobs: 1, tasks: 3, machines: null });
    expect(gunzipSync(readFileSync(out)).toString()).toMatch(/^1,batch,0,50,3,2,60,1,/m);
  });

  it('names machines as the trace does, and gives the number of them', async () => {
    inFolder('openb_node_list_gpu_node.csv', NODES);
    const { machines } = await convertTrace(
      order({ file: inFolder('pods.csv', PODS) }, inFolder('named.parquet')),
    );
    expect(machines).toEqual({ file: inFolder('named.machines.csv'), count: 2 });
    const read = await readMachines(inFolder('named.machines.csv'));
    const specs = await read.machines(new ResourceSpace(read.resources));
    expect(specs.map(({ name, attributes }) => [name, attributes])).toEqual([
      ['node-b', { gpu_model: 'T4' }],
      ['node-a', { gpu_model: 'V100' }],
    ]);
  });

  it('refuses other endings, existing files, its own input and folders', async () => {
    const to = (out: string) => convertTrace({ ...order({ file: small }, inFolder(out)), replaces: false });
    await expect(to('x.txt')).rejects.toThrow(
      /OUT: found ".*x\.txt", expected a name that ends with \.csv, /,
    );
    await expect(to('small.csv')).rejects.toThrow('small.csv: is also the trace to convert');
    inFolder('there.csv', 'old');
    await expect(to('there.csv')).rejects.toThrow('there.csv: exists already; --force replaces it');
    await expect(to('small.csv/x.csv')).rejects.toThrow(/cannot be written/);
  });

  it('leaves no file behind when a line is invalid, or when it is stopped', async () => {
    const bad = inFolder('bad.csv', 'job_id,submit,duration,cpus\na,0,1,1\nb,2,none,1\n');
    await expect(convertTrace(order({ file: bad }, inFolder('gone.parquet')))).rejects.toThrow('bad.csv:3');
    const stopped = convertTrace(order({ file: small }, inFolder('gone.csv')), AbortSignal.abort());
    await expect(stopped).rejects.toThrow(/aborted/);
    expect(readdirSync(folder).filter((name) => name.startsWith('gone'))).toEqual([]);
    expect(existsSync(inFolder('gone.csv'))).toBe(false);
  });
});
