import { describe, expect, test } from 'vitest';
import { fromSeconds } from '../../../src/model/index.js';
import { conservativeScheduler } from '../../../src/policies/schedulers/conservative.js';
import type { PlaceKind, PlannedRoom } from '../../../src/policies/schedulers/planned-room.js';
import { RandomStreams } from '../../../src/sim/random-streams.js';
import type { RowSketch } from '../../traces-in-memory.js';
import { runPreset } from './run-preset.js';

/** The full campaign: PLAN_TWINS=1000. */
const INSTANCES = Number(process.env.PLAN_TWINS ?? 25);

/** How often a plan was told that a job has no better place, has one, or must be looked for everywhere. */
const answers = { none: 0, better: 0, unknown: 0 };

/** The room of a plan with another way to look for better places. */
function withBetter(room: PlannedRoom, better: PlannedRoom['better']): PlannedRoom {
  return {
    profile: room.profile,
    get memory() {
      return room.memory;
    },
    takes: (...args) => room.takes(...args),
    find: (...args) => room.find(...args),
    addStranded: (...args) => room.addStranded(...args),
    placesNow: (...args) => room.placesNow(...args),
    better,
  };
}

/** The naive twin: each job is looked for everywhere. */
const everywhere = (room: PlannedRoom) => withBetter(room, () => 'unknown');

const counted = (room: PlannedRoom) =>
  withBetter(room, (...args) => {
    const better = room.better(...args);
    answers[typeof better === 'string' ? better : 'better']++;
    return better;
  });

/** Estimates are too long, exact, too short or missing; some machines go and come back. */
function instance(seed: number, isOfOneSize: boolean) {
  const random = new RandomStreams(`plan-twin/${seed}`).stream('instance');
  const upTo = (most: number) => 1 + Math.floor(random() * most);
  const hasGpus = random() < 0.3;
  const hasGangs = random() < 0.5;
  const hasRules = random() < 0.2;
  const machines = Array.from({ length: upTo(5) }, () => ({
    cpus: isOfOneSize ? 4 : 4 + upTo(6),
    mem: 16,
    gpus: hasGpus ? upTo(3) : 0,
  }));
  const gap = upTo(4) - 1;
  let at = 0;
  const rows = Array.from({ length: 70 }, (): RowSketch => {
    at += gap === 0 ? 0 : upTo(gap) - 1;
    const runs = upTo(20);
    const drawn = random();
    const estimate = drawn < 0.5 ? runs + upTo(40) : drawn < 0.7 ? upTo(runs) : runs;
    const isGang = hasGangs && random() < 0.4;
    return {
      at,
      runs,
      ...(random() < 0.97 && { estimate }),
      needs: { cpus: isOfOneSize ? 1 : upTo(5), mem: upTo(4), gpus: 0 },
      ...(hasGpus && random() < 0.4 && { needs: { cpus: 1, mem: 1, gpus: 1 }, gpus: 1 }),
      tasks: isGang ? upTo(3) : 1,
      gang: isGang,
      rule: hasRules && isGang && random() < 0.2 ? 1 : 0,
    };
  });
  const machineEvents = [];
  if (random() < 0.4)
    for (let time = 10; time < 120; time += upTo(60)) {
      const machine = upTo(machines.length) - 1;
      machineEvents.push(
        { time: fromSeconds(time), machine, state: 'down' as const },
        { time: fromSeconds(time + upTo(20)), machine, state: 'up' as const },
      );
    }
  machineEvents.sort((a, b) => a.time - b.time);
  return { machines, rows, machineEvents };
}

const RULES = [
  undefined,
  { spread: [{ attribute: 'machine', atMost: 1 }], together: [], avoid: [], beside: [], prefers: [] },
];

describe.each(['lowest-rank', 'at-start'] as const)('a plan with places by %s', (places: PlaceKind) => {
  test('is that of the naive twin, which looks for each job everywhere', async () => {
    Object.assign(answers, { none: 0, better: 0, unknown: 0 });
    for (let seed = 0; seed < INSTANCES; seed++) {
      const { machines, rows, machineEvents } = instance(seed, places === 'at-start' && seed % 2 === 0);
      const run = (watched: (room: PlannedRoom) => PlannedRoom) =>
        runPreset('conservative', machines, rows, {
          rules: RULES,
          machineEvents,
          until: 5000,
          scheduler: conservativeScheduler('conservative', places, watched),
        });
      const [plan, naive] = [await run(counted), await run(everywhere)];
      expect(plan.log, `seed ${seed}`).toBe(naive.log);
    }
    const { none, better, unknown } = answers;
    expect(none).toBeGreaterThan(20 * INSTANCES);
    expect(better).toBeGreaterThan(INSTANCES);
    expect(unknown).toBeGreaterThan(INSTANCES);
  });
});
