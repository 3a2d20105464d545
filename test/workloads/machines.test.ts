import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Cluster, type MachineSpec, RESOURCE_NAMES, ResourceSpace } from '../../src/model/index.js';
import { distinctNames, type MachineSource, parseMachines } from '../../src/workloads/machines.js';
import { readMachines } from '../../src/workloads/machines-file.js';

const folder = mkdtempSync(join(tmpdir(), 'fairground-machines-'));

function fileOf(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** The machines in the space of their own resources. */
async function all(source: MachineSource): Promise<MachineSpec[]> {
  return source.machines(new ResourceSpace(source.resources));
}

/** Capacity in quanta by resource name. */
async function capacityOf(text: string): Promise<Record<string, number>> {
  const source = parseMachines(`1x${text}`);
  const [machine] = await all(source);
  return Object.fromEntries(source.resources.map((name, d) => [name, machine.capacity[d]]));
}

describe('machines by specification', () => {
  it.each([
    ['16cpu', { cpus: 16_000 }],
    ['1cpus', { cpus: 1000 }],
    ['0.5cpu', { cpus: 500 }],
    ['64GiB', { mem: 65_536 }],
    ['64GiBmem', { mem: 65_536 }],
    ['512MiB', { mem: 512 }],
    ['1.5TiB', { mem: 1_572_864 }],
    ['4TiBdisk', { disk: 4_194_304 }],
    ['8gpu', { gpus: 8000 }],
    ['8gpus', { gpus: 8000 }],
    ['1000Mbit', { network: 1000 }],
    ['1000Mbit/s', { network: 1000 }],
    ['32000ports', { ports: 32_000 }],
    ['110slots', { slots: 110 }],
    ['16cpu/64GiB/4TiBdisk/8gpu', { cpus: 16_000, mem: 65_536, disk: 4_194_304, gpus: 8000 }],
    ['8gpu/64GiB/16cpu', { cpus: 16_000, mem: 65_536, gpus: 8000 }],
    [' 16 cpu / 64 GiB / 2 TiB disk', { cpus: 16_000, mem: 65_536, disk: 2_097_152 }],
  ])('%s is that much in quanta', async (text, capacity) => {
    expect(await capacityOf(text)).toEqual(capacity);
  });

  it('several parts join in their order, with names, shapes and racks of forty by rank', async () => {
    const source = parseMachines('41x16cpu/64GiB, 2x32cpu/256GiB/8gpu');
    const machines = await all(source);
    expect(source.resources).toEqual(['cpus', 'mem', 'gpus']);
    expect(machines).toHaveLength(43);
    expect([machines[0], machines[40], machines[41]]).toEqual([
      {
        name: 'machine-0',
        capacity: [16_000, 65_536, 0],
        attributes: { shape: '16cpu/64GiB', rack: 'rack-0' },
      },
      {
        name: 'machine-40',
        capacity: [16_000, 65_536, 0],
        attributes: { shape: '16cpu/64GiB', rack: 'rack-1' },
      },
      {
        name: 'machine-41',
        capacity: [32_000, 262_144, 8000],
        attributes: { shape: '32cpu/256GiB/8gpu', rack: 'rack-1' },
      },
    ]);
    expect(machines[39].attributes?.rack).toBe('rack-0');
  });

  it('what the run does not count is left out, and what they lack is nothing', async () => {
    const [machine] = await parseMachines('1x16cpu/64GiB').machines(new ResourceSpace(['cpus', 'disk']));
    expect(machine.capacity).toEqual([16_000, 0]);
  });

  it('keeps the specification as its name, for the summary', () => {
    expect(parseMachines('3x16cpu').name).toBe('3x16cpu');
  });

  it.each([
    ['16cpu', /found "16cpu", expected COUNTxCPUScpu\/MEM/],
    ['', /found nothing, expected COUNT/],
    ['5x16cpu,', /found "5x16cpu,", expected COUNT/],
    ['0x16cpu', /found "0x16cpu", expected from 1 to 10000000 machines/],
    ['10000001x16cpu', /expected from 1 to 10000000 machines/],
    ['2x16cores', /found "16cores", expected an amount such as/],
    ['2x16cpu/64GB', /found "64GB", expected an amount/],
    ['2x16cpu//64GiB', /found nothing, expected an amount/],
    ['2x-1cpu', /found "-1cpu", expected an amount/],
    ['2x1e3cpu', /found "1e3cpu", expected an amount/],
    ['2x16cpudisk', /found "16cpudisk", expected disk in MiB, GiB or TiB/],
    ['2x16cpu/8cpu', /"2x16cpu\/8cpu" gives cpus twice/],
    ['2x64GiB/1GiBmem', /gives mem twice/],
  ])('%s is refused with what was expected', (text, message) => {
    expect(() => parseMachines(text)).toThrow(message);
    expect(() => parseMachines(text)).toThrow(/^--machines: /);
  });

  it.each([
    ['3000000cpu', /found "3000000", expected at most 2147483\.647 cores/],
    ['1.5gpu', /found "1\.5gpu", expected whole GPUs, at most 31/],
    ['32gpu', /found "32gpu", expected whole GPUs, at most 31/],
  ])(
    'more than a machine can have, as in 1x%s, is refused as a mistake of the person',
    async (text, message) => {
      const place = async () => {
        const source = parseMachines(`1x${text}`);
        const space = new ResourceSpace(source.resources);
        for (const machine of await source.machines(space)) new Cluster(space).addMachine(machine);
      };
      await expect(place()).rejects.toThrow(message);
      await expect(place()).rejects.toMatchObject({ name: 'InputError' });
    },
  );
});

describe('machines in a file', () => {
  it('have names, counts, resources, prices, and every other column as an attribute', async () => {
    const path = fileOf(
      'all.csv',
      'name,count,cpus,mem,price,zone,gpus,"note, long"\n' +
        'big,1,64,262144,3.2,a,8,"fast, and dear"\n' +
        'small,2,4,16384,,b,0,\n' +
        ',1,1,1024,0,,,\n',
    );
    const source = await readMachines(path);
    expect([source.name, source.resources]).toEqual(['all.csv', ['cpus', 'mem', 'gpus']]);
    expect(await all(source)).toEqual([
      {
        name: 'big',
        capacity: [64_000, 262_144, 8000],
        attributes: { zone: 'a', 'note, long': 'fast, and dear' },
        pricePerHour: 3.2,
      },
      { name: 'small-1', capacity: [4000, 16_384, 0], attributes: { zone: 'b' } },
      { name: 'small-2', capacity: [4000, 16_384, 0], attributes: { zone: 'b' } },
      { name: 'machine-3', capacity: [1000, 1024, 0], attributes: {}, pricePerHour: 0 },
    ]);
  });

  it('count once each where nothing is said, and know every resource', async () => {
    const path = fileOf(
      'resources.csv',
      `${RESOURCE_NAMES.join(',')}\n${RESOURCE_NAMES.map(() => 2).join(',')}\n`,
    );
    const source = await readMachines(path);
    expect(source.resources).toEqual(RESOURCE_NAMES);
    expect((await all(source)).map((machine) => machine.capacity)).toEqual([[2000, 2, 2, 2000, 2, 2, 2, 2]]);
  });

  it('may have a quoted header, CRLF and a byte order mark', async () => {
    const source = await readMachines(fileOf('quoted.csv', '\uFEFF"cpus","rack"\r\n"2","r1"\r\n'));
    expect(await all(source)).toEqual([{ name: 'machine-0', capacity: [2000], attributes: { rack: 'r1' } }]);
  });

  it('may be an openb node list', async () => {
    const path = fileOf('nodes.csv', 'sn,cpu_milli,memory_mib,gpu,model\nnode-a,64000,262144,2,P100\n');
    const source = await readMachines(path);
    expect([source.name, source.resources]).toEqual(['nodes.csv', ['cpus', 'mem', 'gpus', 'slots']]);
    expect(await source.machines(new ResourceSpace(['gpus', 'cpus']))).toEqual([
      { name: 'node-a', capacity: [64_000, 2000], attributes: { gpu_model: 'P100' } },
    ]);
  });

  it.each([
    ['no resource column', 'name,rack\na,r1\n', /:1: has no resource column, expected one of cpus, mem/],
    ['no machine', 'name,cpus\n', /contains no machine/],
    ['no machine at all', 'count,cpus\n0,4\n', /contains no machine/],
    ['nothing in it', '', /is empty/],
    ['half a machine', 'count,cpus\n1.5,4\n', /:2: count: found "1\.5", expected a whole number/],
    [
      'too many machines',
      'count,cpus\n4,1\n2000000000,4\n',
      /:3: count: found "2000000000", expected .*10000000/,
    ],
    ['a negative capacity', 'cpus\n4\n-4\n', /:3: cpus: found "-4", expected a number >= 0/],
    ['a price in words', 'cpus,price\n4,cheap\n', /:2: price: found "cheap"/],
    ['half a GPU', 'cpus,gpus\n4,0.5\n', /:2: gpus: found "0\.5", expected whole GPUs, at most 31/],
    [
      'more GPUs than a machine can have',
      'cpus,gpus\n4,32\n',
      /:2: gpus: found "32", expected whole GPUs, at most 31/,
    ],
    [
      'a shutdown without a startup',
      'cpus,shutdown\n4,10\n',
      /:2: shutdown: found "10", expected an empty field, or a startup/,
    ],
    [
      'a start-up later than 285 years',
      'cpus,startup\n4,1e10\n',
      /:2: startup: found "1e10", expected seconds up to/,
    ],
    ['more memory than a machine can have', 'mem\n3e9\n', /:2: mem: found "3000000000", expected at most/],
  ])('with %s are refused with file, line and field', async (_what, text, message) => {
    const path = fileOf('wrong.csv', text);
    const place = async () => {
      const source = await readMachines(path);
      const space = new ResourceSpace(source.resources);
      const cluster = new Cluster(space);
      for (const machine of await source.machines(space)) cluster.addMachine(machine);
    };
    await expect(place()).rejects.toThrow(message);
    await expect(place()).rejects.toMatchObject({ name: 'InputError' });
  });

  it('that are not there are refused by name', async () => {
    await expect(readMachines(join(folder, 'nope.csv'))).rejects.toThrow(/nope\.csv: file not found/);
  });
});

describe('names of machines', () => {
  it('are refused where two lines of a file give one name', async () => {
    const own = await readMachines(fileOf('twins.csv', 'name,cpus\nm,2\nn,2\nm,4\n'));
    await expect(all(own)).rejects.toThrow(
      /twins\.csv:4: name: "m" is also the name of the machine of line 2/,
    );
    const header = 'sn,cpu_milli,memory_mib,gpu,model';
    const nodes = await readMachines(fileOf('nodes.csv', `${header}\na,1000,1024,0,\na,1000,1024,0,\n`));
    await expect(all(nodes)).rejects.toThrow(
      /nodes\.csv:3: sn: "a" is also the name of the machine of line 2/,
    );
  });

  it('that are generated differ from all names of the file, before and behind them', async () => {
    const text = 'name,count,cpus\nm-1,1,2\nm,2,2\n,1,2\nmachine-3,1,2\nm-1-2,1,2\n';
    const machines = await all(await readMachines(fileOf('clash.csv', text)));
    expect(machines.map(({ name }) => name)).toEqual([
      'm-1',
      'm-1-3',
      'm-2',
      'machine-3-2',
      'machine-3',
      'm-1-2',
    ]);
  });

  it('of rented machines differ from those of the own machines', () => {
    const machine = (name: string) => ({ name, capacity: [1] });
    const named = distinctNames([machine('cloud-0'), machine('cloud-0-2')], new Set(['cloud-0']));
    expect(named.map(({ name }) => name)).toEqual(['cloud-0-2', 'cloud-0-2-2']);
  });
});
