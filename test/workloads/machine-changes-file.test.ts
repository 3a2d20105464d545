import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fromSeconds, type MachineSpec, ResourceSpace } from '../../src/model/index.js';
import { readMachineChanges } from '../../src/workloads/machine-changes-file.js';
import { machinesText, readMachines } from '../../src/workloads/machines-file.js';

const SPACE = new ResourceSpace(['cpus', 'mem', 'gpus']);
const MACHINES: readonly MachineSpec[] = [
  {
    name: 'a',
    capacity: SPACE.quanta({ cpus: 4, mem: 100, gpus: 1 }),
    attributes: { rack: 'r1', zone: 'z' },
  },
  { name: 'b', capacity: SPACE.quanta({ cpus: 8, mem: 200 }) },
];

function written(text: string): string {
  const path = join(mkdtempSync(join(tmpdir(), 'fairground-changes-')), 'changes.csv');
  writeFileSync(path, text);
  return path;
}

function read(...lines: string[]) {
  return readMachineChanges(written(`${lines.join('\n')}\n`), SPACE, MACHINES);
}

describe('a file of changes of machines', () => {
  test('gives each change the capacity and attributes that follow from the lines above', async () => {
    const { later, changes } = await read(
      'time,machine,event,cpus,mem,gpus,rack',
      '1,c,add,2,50,,r9',
      '2,a,update,6,,,',
      '3,a,remove,,,,',
      '4.5,a,add,,120,,r2',
    );
    const c = { capacity: [2000, 50, 0], attributes: { rack: 'r9' } };
    expect(later).toEqual([{ name: 'c', ...c, joinsLater: true }]);
    expect(changes).toEqual([
      { kind: 'add', time: fromSeconds(1), machine: 2, ...c },
      {
        kind: 'update',
        time: fromSeconds(2),
        machine: 0,
        capacity: [6000, 100, 1000],
        attributes: { rack: 'r1', zone: 'z' },
      },
      { kind: 'remove', time: fromSeconds(3), machine: 0 },
      {
        kind: 'add',
        time: fromSeconds(4.5),
        machine: 0,
        capacity: [6000, 120, 1000],
        attributes: { rack: 'r2', zone: 'z' },
      },
    ]);
  });

  const header = 'time,machine,event,cpus,gpus';
  test.each([
    ['an unknown machine', ['1,d,update,1,'], /changes\.csv:2.*machine.*"d".*a machine of the cluster/],
    ['a machine that exists', ['1,a,add,1,'], /:2.*"a".*not in the cluster; use update/],
    ['a removed machine', ['1,a,remove,,', '2,a,update,1,'], /:3.*"a".*this one was removed/],
    ['a machine that is removed twice', ['1,a,remove,,', '2,a,remove,,'], /:3.*"a".*this one was removed/],
    [
      'times out of order',
      ['2,a,update,1,', '1,b,update,1,'],
      /:3.*time.*"1".*not before that of the line above/,
    ],
    ['another event', ['1,a,grow,1,'], /:2.*event.*"grow".*add, remove, update/],
    ['other GPUs', ['1,a,update,,2'], /:2.*gpus.*"2".*1, because the GPUs of a machine do not change/],
    ['a capacity of what is removed', ['1,a,remove,4,'], /:2.*cpus.*"4".*an empty field/],
    ['a new machine without resources', ['1,c,add,,'], /:2.*machine.*needs an amount of some resource/],
  ])('refuses %s, with file, line and field', async (_what, lines, message) => {
    await expect(read(header, ...lines)).rejects.toThrow(message);
  });

  test('refuses columns that cannot change', async () => {
    await expect(read('time,machine,event,price', '1,a,update,3')).rejects.toThrow(
      'has the column "price", which cannot change',
    );
  });

  test.each([
    ['cpu', 'cpus'],
    ['Mem', 'mem'],
    ['memory', 'mem'],
  ])('refuses the column "%s", which is no attribute but a misspelt resource', async (column, near) => {
    await expect(read(`time,machine,event,${column}`, '1,a,update,3')).rejects.toThrow(
      `changes.csv:1: unknown resource column "${column}"; did you mean ${near}?`,
    );
  });
});

describe('the columns of a file of machines', () => {
  test.each([
    ['Count', 'count'],
    ['Full Watts', 'full_watts'],
    ['speeds', 'speed'],
  ])('are spelt right: "%s" is no attribute', async (column, near) => {
    await expect(readMachines(written(`cpus,${column}\n4,2\n`))).rejects.toThrow(
      `changes.csv:1: unknown column "${column}"; did you mean ${near}?`,
    );
  });

  test('may be attributes with names that are only like others', async () => {
    const source = await readMachines(written('cpus,names,name\n4,n,a\n'));
    const [machine] = await source.machines(new ResourceSpace(['cpus']));
    expect(machine).toMatchObject({ name: 'a', attributes: { names: 'n' } });
  });
});

describe('speeds in a file of machines', () => {
  test('are read, and written so that they are read again', async () => {
    const text = 'count,cpus,speed,speed.train,rack\n2,4,2,,a\n1,4,,0.5,a\n1,4,,,a\n';
    const source = await readMachines(written(text));
    const space = new ResourceSpace(source.resources);
    const machines = await source.machines(space);
    expect(machines.map(({ speeds }) => speeds)).toEqual([
      { all: 2, byClass: {} },
      { all: 2, byClass: {} },
      { all: 1, byClass: { train: 0.5 } },
      undefined,
    ]);
    expect(machines[0].attributes).toEqual({ rack: 'a' });
    const again = await readMachines(written(machinesText(machines, space)));
    expect((await again.machines(space)).map(({ speeds }) => speeds)).toEqual(
      machines.map(({ speeds }) => speeds),
    );
  });

  test.each(['0', '0.0001', '1001', 'fast'])('are in range: %s is refused', async (speed) => {
    const source = await readMachines(written(`cpus,speed\n4,${speed}\n`));
    await expect(source.machines(new ResourceSpace(['cpus']))).rejects.toThrow(/:2.*speed/);
  });
});
