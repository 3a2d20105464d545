import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { assignSettings } from '../../src/lab/scenario/settings.js';
import { type MachineSpec, ParameterValues, ResourceSpace } from '../../src/model/index.js';
import { OPENB_RESOURCES, openb, readOpenbNodes } from '../../src/workloads/formats/openb.js';
import { DATA } from '../reference-data.js';
import { type ReadRow, readTrace } from './read-trace.js';

const NEVER = Number.POSITIVE_INFINITY;
const SPACE = new ResourceSpace(OPENB_RESOURCES);

const POD_HEADER =
  'name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,qos,pod_phase,creation_time,deletion_time,scheduled_time';

const PODS = `${POD_HEADER}
share,4000,8192,1,460,,LS,Running,0,12537,0
whole,12000,16384,2,1000,V100M16|V100M32,LS,Running,427,12902,427
plain,6000,12288,0,1000,T4,BE,Pending,427,427,
`;

const NODES = `sn,cpu_milli,memory_mib,gpu,model
node-a,64000,262144,2,P100
node-b,96000,393216,8,V100M32
node-c,32000,131072,0,
`;

/** A folder with these files. */
function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'fairground-openb-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

const read = (text: string) => readTrace(join(folderWith({ 'pods.csv': text }), 'pods.csv'));

async function nodes(text: string, order?: string): Promise<MachineSpec[]> {
  const folder = folderWith({ 'nodes.csv': text, 'order.txt': order ?? '' });
  return readOpenbNodes(
    join(folder, 'nodes.csv'),
    SPACE,
    order === undefined ? '' : join(folder, 'order.txt'),
  );
}

/** Demand in the order cpus, mem, gpus, slots, and GPU devices. */
const demands = (rows: readonly ReadRow[]) => rows.map((row) => [row.demand, row.gpuCount, row.gpuMilliEach]);

describe('openb pods', () => {
  it('come at their creation times, live as long as they did, and take a slot each', async () => {
    const { rows, format } = await read(PODS);
    expect(format).toBe('openb');
    expect(rows.map((row) => [row.job, row.submit, row.duration, row.framework])).toEqual([
      ['share', 0, 12_537, 'pods'],
      ['whole', 427, 12_902 - 427, 'pods'],
      ['plain', 427, 0, 'pods'],
    ]);
    expect(demands(rows)).toEqual([
      [[4000, 8192, 460, 1], 1, 460],
      [[12_000, 16_384, 2000, 1], 2, 1000],
      [[6000, 12_288, 0, 1], 0, 0],
    ]);
    expect(rows.every((row) => row.estimate === NEVER && row.tasks === 1)).toBe(true);
  });

  it('insist on any of the GPU models they name, but only when they ask for a GPU', async () => {
    const { rows } = await read(`${PODS}again,1,1,1,500,V100M16|V100M32,LS,Running,500,501,500\n`);
    expect(rows.map((row) => row.constraint)).toEqual([
      [],
      [{ attribute: 'gpu_model', operator: 'equal', values: ['V100M16', 'V100M32'] }],
      [],
      [{ attribute: 'gpu_model', operator: 'equal', values: ['V100M16', 'V100M32'] }],
    ]);
    expect(rows[3].constraint).toBe(rows[1].constraint);
  });

  it('come in the order of a file, one a second, again and again, and never leave', async () => {
    const folder = folderWith({ 'pods.csv': PODS, 'order.txt': 'plain\nshare\n\nplain\r\n whole\n' });
    const { rows } = await readTrace(join(folder, 'pods.csv'), { podOrder: join(folder, 'order.txt') });
    expect(rows.map((row) => [row.job, row.submit, row.duration])).toEqual([
      ['plain', 0, NEVER],
      ['share', 1, NEVER],
      ['plain', 2, NEVER],
      ['whole', 3, NEVER],
    ]);
    expect(rows[3].constraint).toHaveLength(1);
  });

  it.each([
    [
      'more of a GPU than there is',
      PODS.replace(',460,', ',1001,'),
      /pods\.csv:2: gpu_milli: found "1001", expected at most 1000/,
    ],
    [
      'half a milli-core',
      PODS.replace('4000', '4000.5'),
      /pods\.csv:2: cpu_milli: found "4000\.5", expected a whole number/,
    ],
    [
      'more memory than can be counted',
      PODS.replace('8192', '3000000000'),
      /pods\.csv:2: memory_mib: found "3000000000", expected at most/,
    ],
    [
      'a death before birth',
      PODS.replace(',12902,', ',426,'),
      /pods\.csv:3: deletion_time: found "426", expected a time not before creation_time 427/,
    ],
    [
      'more GPUs than can be counted',
      PODS.replace(',2,1000,', ',3000000,1000,'),
      /pods\.csv:3: num_gpu: found "3000000", expected at most 2147483 of them/,
    ],
    [
      'a time that is not exact to a microsecond',
      PODS.replace(',12902,', ',1e10,'),
      /pods\.csv:3: deletion_time: found "1e10", expected seconds up to 9007199254/,
    ],
    ['no name', PODS.replace('whole', ''), /pods\.csv:3: name: found nothing, expected a pod name/],
    ['no times', PODS.replaceAll('deletion_time', 'gone'), /pods\.csv:1: has no column "deletion_time"/],
    ['no pod', `${POD_HEADER}\n`, /pods\.csv: contains no pod/],
  ])('with %s are refused with file, line and field', async (_what, text, message) => {
    await expect(read(text)).rejects.toThrow(message);
  });

  it('of a list with copies at its end come at their creation times all the same, and the sort is counted', async () => {
    const { rows, adjusted } = await read(`${PODS}late,1,1,0,0,,LS,Running,100,101,100\n`);
    expect(rows.map((row) => [row.job, row.submit])).toEqual([
      ['share', 0],
      ['late', 100],
      ['whole', 427],
      ['plain', 427],
    ]);
    expect(adjusted).toEqual({ 'lines out of order of submission, now sorted': 1 });
  });

  it('with one name at one time are different pods', async () => {
    const line = 'copy,1,1,0,0,,LS,Running,500,501,500\n';
    const { rows } = await read(`${PODS}${line}${line}${line}`);
    expect(rows.slice(3).map((row) => row.job)).toEqual(['copy', 'copy-2', 'copy-3']);
  });

  it('of a list without times and models arrive in the order of the list, or in that of a file', async () => {
    const list = 'name,cpu_milli,memory_mib,num_gpu,gpu_milli\na,12000,16384,2,1000\nb,6000,12288,1,460\n';
    const { rows, adjusted } = await read(list);
    expect(rows.map((row) => [row.job, row.submit, row.duration, row.constraint])).toEqual([
      ['a', 0, NEVER, []],
      ['b', 1, NEVER, []],
    ]);
    expect(adjusted).toEqual({ 'pods without times, which arrive one per second and never leave': 2 });
    const folder = folderWith({ 'pods.csv': list, 'order.txt': 'b\na\nb\n' });
    const ordered = await readTrace(join(folder, 'pods.csv'), { podOrder: join(folder, 'order.txt') });
    expect(ordered.rows.map((row) => row.job)).toEqual(['b', 'a', 'b']);
    expect(ordered.adjusted).toEqual({});
  });

  it('that the order names and the list does not know are refused by file and line', async () => {
    const folder = folderWith({ 'pods.csv': PODS, 'order.txt': 'plain\n\nnobody\n' });
    await expect(
      readTrace(join(folder, 'pods.csv'), { podOrder: join(folder, 'order.txt') }),
    ).rejects.toThrow(/order\.txt:3: found "nobody", expected a pod of the pod list/);
  });
});

describe('openb nodes', () => {
  it('are the machines of the trace, when their list lies beside the pods', async () => {
    const folder = folderWith({ 'pods.csv': PODS, 'openb_node_list_gpu_node.csv': NODES });
    const settings = new ParameterValues(openb.parameters);
    const { machines } = await openb.describeCluster(join(folder, 'pods.csv'), settings);
    expect(await machines?.(SPACE)).toEqual([
      { name: 'node-a', capacity: [64_000, 262_144, 2000, 1001], attributes: { gpu_model: 'P100' } },
      { name: 'node-b', capacity: [96_000, 393_216, 8000, 1001], attributes: { gpu_model: 'V100M32' } },
      { name: 'node-c', capacity: [32_000, 131_072, 0, 1001], attributes: {} },
    ]);
  });

  it('must be given with --machines when there is no list', async () => {
    const path = join(folderWith({ 'pods.csv': PODS }), 'pods.csv');
    const { machines, machinesHint } = await openb.describeCluster(
      path,
      new ParameterValues(openb.parameters),
    );
    expect(machines).toBeUndefined();
    expect(machinesHint).toContain('--machines FILE');
  });

  it('take their rank, which decides ties, from the order given', async () => {
    const folder = folderWith({
      'pods.csv': PODS,
      'openb_node_list_gpu_node.csv': NODES,
      'order.txt': 'node-c\nnode-a\nnode-b\n',
    });
    const [set] = assignSettings({ nodeOrder: join(folder, 'order.txt') }, [openb]);
    const settings = new ParameterValues(openb.parameters, set);
    const { machines } = await openb.describeCluster(join(folder, 'pods.csv'), settings);
    expect((await machines?.(SPACE))?.map((machine) => machine.name)).toEqual(['node-c', 'node-a', 'node-b']);
  });

  it.each([
    [
      'an unknown node',
      'node-c\nnode-x\n',
      /order\.txt:2: found "node-x", expected a node of the node list, each once/,
    ],
    [
      'a node twice',
      'node-c\nnode-a\nnode-c\n',
      /order\.txt:3: found "node-c", expected a node of the node list, each once/,
    ],
    ['too few nodes', 'node-c\n', /order\.txt: lacks 2 nodes of the node list, such as node-a/],
  ])('are refused when the order has %s', async (_what, order, message) => {
    await expect(nodes(NODES, order)).rejects.toThrow(message);
  });

  it('are refused with file, line and field when they have half a GPU, too many, or no name', async () => {
    await expect(nodes(NODES.replace(',8,', ',32,'))).rejects.toThrow(
      /nodes\.csv:3: gpu: found "32", expected at most 31 GPUs/,
    );
    await expect(nodes(NODES.replace(',8,', ',8.5,'))).rejects.toThrow(/nodes\.csv:3: gpu: found "8\.5"/);
    await expect(nodes(NODES.replace('node-b', ''))).rejects.toThrow(/nodes\.csv:3: sn: found nothing/);
  });
});

describe.skipIf(DATA === undefined)('the published openb trace', () => {
  const file = (name: string) => join(DATA as string, 'openb', name);

  it.each([
    ['default', 0],
    ['gpuspec33', 2388],
  ])('%s has 8,152 pods, of which %i name GPU models', async (name, named) => {
    const { rows } = await readTrace(file(`openb_pod_list_${name}.csv`));
    expect(rows).toHaveLength(8152);
    expect(rows.filter((row) => row.constraint.length > 0)).toHaveLength(named);
    const byCount = new Map<number, number>();
    for (const { gpuCount } of rows) byCount.set(gpuCount, (byCount.get(gpuCount) ?? 0) + 1);
    expect(Object.fromEntries(byCount)).toEqual({ 0: 1088, 1: 6989, 2: 16, 4: 15, 8: 44 });
    expect(rows.reduce((sum, row) => sum + row.demand[2], 0)).toBe(6_086_800);
    expect(rows.at(-1)?.submit).toBeLessThanOrEqual(12_902_960);
  });

  it('has 1,213 GPU nodes with 6,212 GPUs and 107,018 cores, and 310 nodes more without GPUs', async () => {
    const sum = (machines: readonly MachineSpec[], dimension: number) =>
      machines.reduce((total, machine) => total + machine.capacity[dimension] / 1000, 0);
    const gpuNodes = await readOpenbNodes(file('openb_node_list_gpu_node.csv'), SPACE, '');
    expect([gpuNodes.length, sum(gpuNodes, 2), sum(gpuNodes, 0)]).toEqual([1213, 6212, 107_018]);
    const all = await readOpenbNodes(file('openb_node_list_all_node.csv'), SPACE, '');
    expect([all.length, sum(all, 2), sum(all, 0)]).toEqual([1523, 6212, 125_514]);
    expect(all.filter((machine) => Object.keys(machine.attributes ?? {}).length === 0)).toHaveLength(310);
  });
});
