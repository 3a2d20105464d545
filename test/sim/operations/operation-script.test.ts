import { describe, expect, test } from 'vitest';
import { FOREVER, fromSeconds, HOUR, MINUTE } from '../../../src/model/index.js';
import type { Rollout } from '../../../src/sim/operations/operation.js';
import { parseOperation } from '../../../src/sim/operations/operation-script.js';
import { RandomStreams } from '../../../src/sim/random-streams.js';
import { CPUS_MEM, machinesOf } from '../../simulate.js';
import { STATELESS, WITH_VOLUME } from './services.js';

const SCENE = {
  services: [
    { name: 'spark', terms: undefined },
    { name: 'web', terms: STATELESS },
    { name: 'log', terms: WITH_VOLUME },
    { name: 'stream', terms: { ...STATELESS, scope: 'job' as const } },
  ],
  space: CPUS_MEM,
  machines: machinesOf(CPUS_MEM, [
    { cpus: 4, mem: 1024 },
    { cpus: 16, mem: 512 },
  ]),
  stream: (name: string) => new RandomStreams(1).stream(name),
};

function read(text: string) {
  return parseOperation(text, SCENE);
}

describe('an operation', () => {
  test('upgrades a service, one instance at a time when nothing else is said', () => {
    expect(read('at 2h: upgrade log to 3.7')).toMatchObject({
      kind: 'upgrade',
      at: 2 * HOUR,
      framework: 2,
      version: '3.7',
      terms: { maxUnavailable: 1, maxSurge: 0, canary: 0, minReady: 0, healthyWithin: FOREVER },
    });
    expect(read('at 90: upgrade web with maxUnavailable=0,maxSurge=2,canary=0.1,observe=5m')).toMatchObject({
      at: fromSeconds(90),
      terms: { maxUnavailable: 0, maxSurge: 2, canary: 0.1, observe: 5 * MINUTE },
    });
  });

  test('knows the bad instances of a version by their places, or draws them', () => {
    const places = (text: string) => {
      const { isBad } = (read(text) as Rollout).terms.defects;
      return Array.from({ length: 1000 }, (_, i) => isBad(i + 1));
    };
    expect(places('at 1h: upgrade log with bad=2+4').flatMap((bad, i) => (bad ? [i + 1] : []))).toEqual([
      2, 4,
    ]);
    const drawn = places('at 1h: upgrade log with badShare=0.2');
    const share = drawn.filter(Boolean).length / 1000;
    // Within four standard deviations of a draw of 1000.
    expect(Math.abs(share - 0.2)).toBeLessThan(4 * Math.sqrt((0.2 * 0.8) / 1000));
    expect(places('at 1h: upgrade log with badShare=0.2')).toEqual(drawn);
  });

  test('changes a configuration, the number of instances, and their size', () => {
    expect(read('at 1h: reconfigure stream')).toMatchObject({ kind: 'reconfigure', framework: 3 });
    expect(read('at 1h: resize web to 12')).toEqual({ kind: 'scale', at: HOUR, framework: 1, instances: 12 });
    const bigger = read('at 1h: resize log with cpus=6,maxUnavailable=2') as Rollout;
    expect(bigger).toMatchObject({ kind: 'reshape', terms: { maxUnavailable: 2 } });
    expect(bigger.reshaped?.({ demand: [1000, 64] })).toEqual({ demand: [6000, 64] });
  });

  test.each([
    ['upgrade web', /^--operation: found "upgrade web", expected at TIME: upgrade SERVICE/],
    ['at soon: upgrade web', /found "soon", expected a duration/],
    ['at 1h: upgrade nobody', /unknown service "nobody", expected one of web, log, stream$/],
    ['at 1h: upgrade spark', /"spark" has no instances of a service, expected one of web, log, stream$/],
    ['at 1h: upgrade web with canary=2', /--operation canary: found "2", expected a number from 0 to 1/],
    ['at 1h: upgrade web with speed=2', /unknown setting "speed", expected one of maxUnavailable, maxSurge/],
    ['at 1h: upgrade web with canary', /found "canary", expected NAME=VALUE/],
    ['at 1h: upgrade web with canary=0,canary=1', /"canary" is given twice/],
    ['at 1h: upgrade web with maxUnavailable=0', /the rollout can never make progress/],
    ['at 1h: upgrade web with maxUnavailable=-1', /maxUnavailable: found "-1", expected a whole number >= 0/],
    [
      'at 1h: upgrade log with maxSurge=1',
      /maxSurge must be 0: an extra instance of log would have no volume/,
    ],
    [
      'at 1h: upgrade stream with maxSurge=1',
      /maxSurge must be 0: stream is a gang that restarts as a whole/,
    ],
    ['at 1h: reconfigure web with maxSurge=1', /a reconfigure cannot use maxSurge/],
    ['at 1h: resize web', /expected at TIME: upgrade SERVICE/],
    ['at 1h: resize web to 0', /found "0", expected a number of instances from 1/],
    ['at 1h: resize web to 3 with cpus=2', /expected at TIME/],
    ['at 1h: resize web with cpus=17', /cpus: found "17", expected at most the 16 of the largest machine/],
    ['at 1h: resize web with cpus=-1', /cpus: found "-1", expected an amount of/],
    ['at 1h: resize web with disk=1', /disk: found "disk", expected one of cpus, mem/],
  ])('is refused in one line when it is %s', (text, message) => {
    expect(() => read(text)).toThrow(message);
  });
});
