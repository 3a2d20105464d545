import { describe, expect, test } from 'vitest';
import { FOREVER, fromSeconds, HOUR, MINUTE } from '../../../src/model/index.js';
import { parseFault } from '../../../src/sim/failures/fault-script.js';
import { topologyOf } from '../../../src/sim/failures/topology.js';

const TOPOLOGY = topologyOf(
  Array.from({ length: 6 }, (_, i) => ({
    name: `m${i}`,
    capacity: [],
    attributes: { rack: `r${Math.floor(i / 2)}` },
  })),
  2,
  2,
);

function read(text: string) {
  return parseFault(text, TOPOLOGY, ['kafka', 'spark']).map(({ kind, machines, start, end }) => ({
    kind,
    machines,
    start,
    end,
  }));
}

describe('a line of a fault script', () => {
  test('kills, cuts and drains what it names, for as long as it says', () => {
    expect(read('at 2h: kill rack r1 for 30m')).toEqual([
      { kind: 'off', machines: [2, 3], start: 2 * HOUR, end: 2.5 * HOUR },
    ]);
    expect(read('at 90: cut machine m5')).toEqual([
      { kind: 'cut', machines: [5], start: fromSeconds(90), end: FOREVER },
    ]);
    expect(read('at 0: drain 3 machines for 1m')).toEqual([
      { kind: 'drained', machines: [0, 1, 2], start: 0, end: MINUTE },
    ]);
    expect(read('at 1h: kill zone zone-1 for 6h')[0].machines).toEqual([4, 5]);
    expect(read('at 1h: isolate rack r0 for 6h')[0]).toMatchObject({ kind: 'isolated', machines: [0, 1] });
    expect(read('at 1h: fail disk of machine m3')).toEqual([
      { kind: 'disk', machines: [3], start: HOUR, end: FOREVER },
    ]);
    expect(parseFault('at 2h: fail framework spark for 10m', TOPOLOGY, ['kafka', 'spark'])).toMatchObject([
      { kind: 'framework', framework: 'spark', machines: [], start: 2 * HOUR, end: 2 * HOUR + 10 * MINUTE },
    ]);
    expect(read('at 1h: kill power power-1 for 6h')[0].machines).toEqual([4, 5]);
    expect(read('at 1h: kill all for 1m')[0].machines).toHaveLength(6);
  });

  test('rolls maintenance through machines in batches', () => {
    expect(read('at 1h: roll all by 3 for 2h')).toEqual([
      { kind: 'planned', machines: [0, 1, 2], start: HOUR, end: 2 * HOUR },
      { kind: 'planned', machines: [3, 4, 5], start: 2 * HOUR, end: 3 * HOUR },
    ]);
  });

  test('drains machines by a deadline, and then takes them down', () => {
    expect(parseFault('at 1h: drain rack r1 within 30m for 2h', TOPOLOGY, ['kafka', 'spark'])).toEqual([
      {
        kind: 'planned',
        cause: 'drain',
        machines: [2, 3],
        notice: HOUR,
        start: 1.5 * HOUR,
        end: 3.5 * HOUR,
      },
    ]);
    expect(read('at 1h: drain machine m0 within 1m')).toEqual([
      { kind: 'planned', machines: [0], start: HOUR + MINUTE, end: FOREVER },
    ]);
  });

  test('takes the master away for a while', () => {
    expect(read('at 1h: fail master for 8s')).toEqual([
      { kind: 'master', machines: [], start: HOUR, end: HOUR + fromSeconds(8) },
    ]);
  });

  test.each([
    ['kill rack r1', /^--fault: found "kill rack r1", expected at TIME: kill\|cut\|isolate\|drain TARGET/],
    ['at soon: kill rack r1', /found "soon", expected a duration/],
    ['at 1h: kill rack r9', /found "r9", expected one of r0, r1, r2; did you mean r0\?$/],
    ['at 1h: kill machine m9', /found "m9", expected a machine of the run, such as m0/],
    ['at 1h: kill 7 machines', /found "7 machines", expected from 1 to 6 machines/],
    ['at 1h: kill row z', /found "row z", expected machine NAME/],
    ['at 1h: kill zone z', /found "z", expected one of zone-0, zone-1$/],
    ['at 1h: fail disk of machine m0 for 1h', /must not have a length: a lost disk is not restored$/],
    ['at 1h: kill disk of machine m0', /expected at TIME/],
    ['at 1h: kill rack r1 for 0s', /found "0s", expected a duration/],
    ['at 1h: kill master', /found "at 1h: kill master", expected at TIME/],
    [
      'at 1h: fail framework sparc',
      /found "sparc", expected one of the frameworks kafka, spark; did you mean spark\?$/,
    ],
    ['at 1h: kill framework spark', /expected at TIME/],
    ['at 1h: fail rack r1 for 1m', /expected at TIME/],
    ['at 1h: fail master', /"at 1h: fail master" has no length/],
    ['at 1h: kill rack r1 within 5m', /expected at TIME/],
    ['at 1h: drain rack r1 within soon', /found "soon", expected a duration/],
    ['at 1h: roll all for 2h', /expected at TIME/],
    ['at 1h: roll all by 0 for 2h', /found "0", expected at least 1 machine at a time/],
  ])('is refused in one line when it is %s', (text, message) => {
    expect(() => read(text)).toThrow(message);
  });
});
