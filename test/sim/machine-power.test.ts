import { describe, expect, test } from 'vitest';
import { FOREVER, fromSeconds, type MachineSpec, toSeconds } from '../../src/model/index.js';
import type { MachineState, Score } from '../../src/policies/contract.js';
import type { Outage } from '../../src/sim/failures/outage.js';
import { RESTART_ELSEWHERE } from '../../src/workloads/recovery.js';
import { type Script, scriptedParts } from '../scripted.js';
import { CPUS, eventsOf, machinesOf, type SimulationSketch, simulate } from '../simulate.js';
import { rowsOf, traceOf } from '../traces-in-memory.js';

const POWER = { startUp: fromSeconds(5), shutDown: fromSeconds(2) };
const WATTS = { idle: 100, full: 300 };

/** m0 and m1 can be switched off and on, m2 cannot. */
const MACHINES: readonly MachineSpec[] = machinesOf(CPUS, [{ cpus: 4 }, { cpus: 4 }, { cpus: 4 }]).map(
  (spec, machine) => (machine === 2 ? spec : { ...spec, power: POWER, watts: WATTS }),
);

/** Calls the script at these seconds; each has a probe of a task that takes a core of m2. */
function run(script: Script, at: readonly number[], more: Partial<SimulationSketch> = {}) {
  return simulate({
    space: CPUS,
    machines: MACHINES,
    trace: traceOf(
      CPUS,
      rowsOf(
        CPUS,
        at.map((time) => ({ at: time, needs: { cpus: 1 }, runs: 100 })),
      ),
    ),
    parts: scriptedParts(script, ['power']),
    until: 40,
    ...more,
  });
}

const statesOf = (result: { readonly log: string }, machine: string) =>
  eventsOf(result).flatMap((event) =>
    event.event === 'machine' && event.machine === machine ? [`${event.time} ${event.detail}`] : [],
  );

const withFailures = (outages: readonly Outage[]): Partial<SimulationSketch> => ({
  failures: {
    outages,
    detection: {
      pingInterval: fromSeconds(1),
      pingTimeouts: 1,
      removalGap: 0,
      reregisterTimeout: fromSeconds(9),
    },
    recovery: () => RESTART_ELSEWHERE,
    pingPhase: () => 0,
    registrationDelay: () => 0,
  },
});

const outage = (kind: Outage['kind'], start: number, end: number, notice = start): Outage => ({
  kind,
  cause: 'script',
  machines: [0],
  start: fromSeconds(start),
  end: fromSeconds(end),
  notice: fromSeconds(notice),
});

describe('a machine that a scheduler switches off and on', () => {
  test('stops, is off, starts and is up at the declared times, and takes tasks only when it is up', async () => {
    const seen: [number, MachineState, number, string][] = [];
    const result = await run(
      ({ machines, now, queue }, act) => {
        const at = toSeconds(now);
        if (at === 0) act.powerOff(0);
        if (at === 10) act.powerOn(0);
        seen.push([at, machines.state(0), toSeconds(machines.upAt(0)), machines.whyNot(queue.first, 0)]);
      },
      [0, 1, 10, 12, 16],
    );
    expect(statesOf(result, 'm0')).toEqual(['0 stopping', '2 off', '10 starting', '15 up']);
    expect(seen).toEqual([
      [0, 'stopping', FOREVER, 'machine-not-up'],
      [1, 'stopping', FOREVER, 'machine-not-up'],
      [10, 'starting', 15, 'machine-not-up'],
      [12, 'starting', 15, 'machine-not-up'],
      // The scheduler is called when the machine is up.
      [15, 'up', 0, 'done'],
      [16, 'up', 0, 'done'],
    ]);
  });

  test('has no capacity and is not counted as down while it is off', async () => {
    const seen: number[] = [];
    const result = await run(
      ({ machines, space, now, whatIf, queue }, act) => {
        if (now === 0) act.powerOff(0);
        const score: Score<'cluster'> = {
          name: 'total',
          reads: ['cluster'],
          make: (see) => () => {
            seen.push(see.cluster.capacity(space.dimension('cpus')));
            return 0;
          },
        };
        machines.prepare({ score }).best(queue.first);
        whatIf.reset('now');
        expect(whatIf.machines.whyNot(queue.first, 0)).toBe('machine-not-up');
        whatIf.open(0);
        expect(whatIf.machines.whyNot(queue.first, 0)).toBe('done');
      },
      [0, 3],
    );
    expect(seen.every((capacity) => capacity === 8000)).toBe(true);
    expect(result.recorder.machines.downTime[0]).toBe(0);
  });

  test('must be empty, up, known, and able to be switched', async () => {
    const verdicts: string[] = [];
    await run(
      (_view, act, call) => {
        if (call > 0) return;
        act.start(0, 0);
        verdicts.push(
          act.powerOff(0),
          act.powerOff(2),
          act.powerOn(2),
          act.powerOff(7),
          act.powerOn(-1),
          act.powerOn(1),
        );
        verdicts.push(act.drain(1), act.powerOff(1), act.powerOff(1), act.undrain(1), act.powerOn(1));
      },
      [0],
    );
    expect(verdicts).toEqual([
      'machine-in-use',
      'unsupported',
      'unsupported',
      'unknown-machine',
      'unknown-machine',
      'machine-not-off',
      'done',
      'done',
      'machine-not-up',
      'machine-not-up',
      'machine-not-off',
    ]);
  });

  test('says how long it starts and what it takes; unknown where nothing is declared', async () => {
    const seen: number[] = [];
    await run(
      ({ machines }) => {
        for (const machine of [0, 2, 99])
          seen.push(
            machines.startUp(machine),
            machines.power(machine, 'idle'),
            machines.power(machine, 'full'),
          );
      },
      [0],
    );
    const unknown = [FOREVER, Number.NaN, Number.NaN];
    expect(seen).toEqual([fromSeconds(5), 100, 300, ...unknown, ...unknown]);
  });

  test.each(['off', 'planned'] as const)(
    'stays off when it fails meanwhile (%s), and is up after its repair',
    async (kind) => {
      const script: Script = ({ now }, act) => {
        if (now === 0) act.powerOff(0);
        if (toSeconds(now) === 20) act.powerOn(0);
      };
      const healed = await run(script, [0, 20], withFailures([outage(kind, 5, 10)]));
      expect(statesOf(healed, 'm0')).toEqual(['0 stopping', '2 off', '20 starting', '25 up']);
      const broken = await run(script, [0, 20], withFailures([outage(kind, 5, 30)]));
      expect(statesOf(broken, 'm0')).toEqual(['0 stopping', '2 off', '20 starting', '25 down', '30 up']);
    },
  );

  test('returns to the state that events of machines gave it while it was off', async () => {
    const result = await run(
      ({ now }, act) => {
        if (now === 0) act.powerOff(0);
        if (toSeconds(now) === 6) act.powerOn(0);
      },
      [0, 6],
      { machineEvents: [{ time: fromSeconds(3), machine: 0, state: 'draining' }] },
    );
    expect(statesOf(result, 'm0')).toEqual(['0 stopping', '2 off', '6 starting', '11 draining']);
  });

  test('is switched by a control loop too', async () => {
    const verdicts: string[] = [];
    const result = await run(() => undefined, [0], {
      controls: {
        controllers: [
          {
            name: 'saver',
            needs: ['power'],
            begin: () => fromSeconds(1),
            control(view, act) {
              const at = toSeconds(view.now);
              verdicts.push(at === 1 ? act.powerOff(1) : act.powerOn(1));
              if (at === 1) act.wakeAt(fromSeconds(9));
            },
          },
        ],
      },
    });
    expect(verdicts).toEqual(['done', 'done']);
    expect(statesOf(result, 'm1')).toEqual(['1 stopping', '3 off', '9 starting', '14 up']);
  });
});

describe('an absence of a machine', () => {
  const look: number[][] = [];
  const script: Script = ({ machines, now }) =>
    void look.push([toSeconds(now), toSeconds(machines.awayFrom(0)), toSeconds(machines.upAt(0))]);

  test('is known from its announcement on, with its end', async () => {
    look.length = 0;
    await run(script, [0, 3, 6, 12], withFailures([outage('planned', 5, 10, 2)]));
    // The scheduler is called at the return too.
    expect(look).toEqual([
      [0, FOREVER, 0],
      [3, 5, 10],
      [6, 5, 10],
      [10, FOREVER, 0],
      [12, FOREVER, 0],
    ]);
  });

  test('has no known end when it is a failure', async () => {
    look.length = 0;
    await run(script, [0, 3, 8], withFailures([outage('off', 5, 10)]));
    expect(look.slice(0, 3)).toEqual([
      [0, FOREVER, 0],
      [3, FOREVER, 0],
      [8, FOREVER, FOREVER],
    ]);
  });

  test('that only drains the machine is no absence, and ends as announced', async () => {
    look.length = 0;
    await run(script, [0, 6], withFailures([outage('drained', 5, 10)]));
    expect(look.slice(0, 2)).toEqual([
      [0, FOREVER, 0],
      [6, FOREVER, 10],
    ]);
  });
});
