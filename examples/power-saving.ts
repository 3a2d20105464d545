import {
  type Controller,
  listScheduler,
  NONE,
  type PlacementSink,
  type PolicyFile,
  placementNamed,
  type SchedulingView,
} from 'fairground/policies';

const SECOND = 1_000_000;

/**
 * Switches machines off that were idle for a time, and on for tasks that fit nowhere. First fit keeps the first machines busy, so
 * that the last ones become idle.
 *
 * Complexity: as a list scheduler with first fit; waiting tasks x machines that are off. Ties: the lowest rank. Known limits: the
 * members of a gang are counted one by one, so a machine may be started for a gang that does not fit as a whole. Only machines with
 * a start-up time in the machine file are switched (docs/formats.md).
 * Source: Gandhi et al., "Optimality analysis of energy-performance trade-off for server farm management", Performance Evaluation
 * 67 (11), 2010 (DELAYEDOFF; the lowest rank replaces the most recently busy server).
 */
export default {
  parameters: [
    {
      kind: 'duration',
      name: 'idleAfter',
      default: 300 * SECOND,
      about: 'How long a machine must be idle before it is switched off.',
    },
    {
      kind: 'duration',
      name: 'every',
      default: 10 * SECOND,
      about: 'Time between two looks at idle machines.',
    },
  ],
  build(settings) {
    const list = listScheduler({
      name: 'power-saving',
      placement: placementNamed('first-fit'),
      backfill: 'any',
    });
    return {
      architecture: 'monolithic',
      scheduler: {
        name: list.name,
        needs: ['power'],
        begin: (view) => list.begin?.(view),
        schedule(view, act) {
          list.schedule(view, act);
          switchOn(view, act);
        },
      },
      controllers: [idleMachines(settings.number('idleAfter'), Math.max(SECOND, settings.number('every')))],
    };
  },
} satisfies PolicyFile;

/** Switches machines on for tasks that would fit neither on free room nor on machines that are starting. */
function switchOn({ machines, queue, whatIf }: SchedulingView, act: PlacementSink): void {
  whatIf.reset('now');
  const off: number[] = [];
  for (let machine = 0; machine < machines.count; machine++) {
    const state = machines.state(machine);
    if (state === 'starting') whatIf.open(machine);
    if (state === 'off') off.push(machine);
  }
  for (let task = queue.first; task !== NONE && off.length > 0; task = queue.next(task)) {
    const there = whatIf.machines.firstFit(task);
    if (there !== NONE) {
      whatIf.put(task, there);
      continue;
    }
    for (const machine of off) {
      const mark = whatIf.mark();
      whatIf.open(machine);
      if (whatIf.put(task, machine) === 'done') {
        act.powerOn(machine);
        off.splice(off.indexOf(machine), 1);
        break;
      }
      whatIf.undo(mark);
    }
  }
}

/** A scheduler is called only while tasks wait, so a control loop switches machines off. */
function idleMachines(idleAfter: number, every: number): Controller {
  /** Since when a machine is idle. */
  let idle = new Map<number, number>();
  return {
    name: 'idle machines',
    needs: ['power'],
    begin(view) {
      idle = new Map(JSON.parse(view.recall('idle') ?? '[]') as [number, number][]);
      return view.now;
    },
    control({ machines, now }, act) {
      for (let machine = 0; machine < machines.count; machine++) {
        const isIdle = machines.state(machine) === 'up' && machines.taskCount(machine) === 0;
        if (!isIdle || !Number.isFinite(machines.startUp(machine))) idle.delete(machine);
        else if (!idle.has(machine)) idle.set(machine, now);
        else if (now - (idle.get(machine) ?? now) >= idleAfter) act.powerOff(machine);
      }
      act.remember('idle', JSON.stringify([...idle]));
      act.wakeAt(now + every);
    },
  };
}
