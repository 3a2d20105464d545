import fc from 'fast-check';
import {
  type Constraint,
  FOREVER,
  type FrameworkSpec,
  fromSeconds,
  type MachineSpec,
  type PlacementRule,
  ResourceSpace,
} from '../model/index.js';
import { writtenCurve } from '../workloads/load-curve.js';
import type { MachineChange } from '../workloads/machine-change.js';
import { type RowSketch, rowsOf, traceOf } from '../workloads/row-sketch.js';
import type { ScaledApplication } from '../workloads/scaled-application.js';
import { PLAIN_ROW, type Trace } from '../workloads/trace.js';

/**
 * A small cluster with its workload and machine events. It is plain data, so a failing scenario can be printed, stored and run on
 * another host. Times are in seconds.
 */
export interface Scenario {
  readonly machines: readonly MachineSketch[];
  readonly frameworks: readonly Required<Omit<FrameworkSpec, 'role'>>[];
  /** In order of submission. */
  readonly rows: readonly RowSketch[];
  readonly machineEvents: readonly MachineEventSketch[];
  /** Machines that are added, removed and updated, in order of time. */
  readonly machineChanges?: readonly MachineChangeSketch[];
  /** Length of the run. It is always finite, because a gang that never fits would get offers without end. */
  readonly until: number;
  readonly patience?: number;
  readonly decisionTime: { readonly perJob: number; readonly perTask: number };
  readonly seed: string;
}

interface MachineSketch {
  readonly cpus: number;
  readonly mem: number;
  readonly gpus: number;
  readonly rack: string;
  /** It is added during the run. */
  readonly later?: boolean;
}

/**
 * A change of a machine. It adds a machine that is absent, with these properties. Of another machine, it removes or updates it.
 */
interface MachineChangeSketch {
  readonly time: number;
  readonly machine: number;
  readonly change: 'remove' | 'update';
  readonly cpus: number;
  readonly mem: number;
  readonly rack: string;
}

interface MachineEventSketch {
  readonly time: number;
  readonly machine: number;
  readonly state: 'up' | 'draining' | 'down';
}

/** The resources of every scenario. */
export const SCENARIO_SPACE = new ResourceSpace(['cpus', 'mem', 'gpus']);

/** Constraints for rows of a scenario, by number. Each operator is in one of them. */
const CONSTRAINTS: readonly (readonly Constraint[])[] = [
  [],
  [rack('r1')],
  [rack('r1', 'r2')],
  [{ attribute: 'rack', operator: 'not-equal', values: ['r1', 'r3'] }],
  [
    { attribute: 'slots', operator: 'greater', bound: 1 },
    { attribute: 'ssd', operator: 'absent' },
  ],
  [{ attribute: 'slots', operator: 'at-least', bound: 4 }],
  [{ attribute: 'slots', operator: 'at-most', bound: 2 }],
  [
    { attribute: 'ssd', operator: 'present' },
    { attribute: 'slots', operator: 'less', bound: 8 },
  ],
];

function rack(...values: string[]): Constraint {
  return { attribute: 'rack', operator: 'equal', values };
}

const NOTHING: PlacementRule = { spread: [], together: [], avoid: [], beside: [], prefers: [] };

/** Placement rules for jobs of a scenario, by number. */
const RULES: readonly (PlacementRule | undefined)[] = [
  undefined,
  { ...NOTHING, spread: [{ attribute: 'machine', atMost: 1 }] },
  { ...NOTHING, together: ['rack'], spread: [{ attribute: 'machine', atMost: 2 }] },
  { ...NOTHING, avoid: ['kafka'] },
  { ...NOTHING, beside: ['web'] },
  { ...NOTHING, prefers: [{ constraint: rack('r2'), weight: 1 }] },
  {
    ...NOTHING,
    prefers: [
      { constraint: rack('r1'), weight: 60 },
      { constraint: { attribute: 'slots', operator: 'at-least', bound: 8 }, weight: 25 },
      { constraint: { attribute: 'ssd', operator: 'present' }, weight: 15 },
    ],
  },
];

/** The machines `m0`, `m1` … of a scenario. */
export function machinesOfScenario(scenario: Scenario): MachineSpec[] {
  return scenario.machines.map(({ rack, later, ...amounts }, rank) => ({
    name: `m${rank}`,
    capacity: SCENARIO_SPACE.quanta(amounts),
    attributes: attributesOf({ rack, ...amounts }),
    ...(later === true && { joinsLater: true }),
    // The machines of one rack cannot be switched off.
    ...(rack !== 'r1' && { power: POWER }),
  }));
}

/** Machines with GPUs have an SSD; those with one core have no attribute `slots`. */
function attributesOf({
  rack,
  cpus,
  gpus,
}: Pick<MachineSketch, 'rack' | 'cpus' | 'gpus'>): Record<string, string> {
  return { rack, ...(cpus > 1 && { slots: String(cpus) }), ...(gpus > 0 && { ssd: 'yes' }) };
}

/** The changes of the machines of a scenario. */
export function machineChangesOfScenario({ machines, machineChanges = [] }: Scenario): MachineChange[] {
  const present = new Set(machines.keys());
  for (const [rank, { later }] of machines.entries()) if (later === true) present.delete(rank);
  return machineChanges.map(({ time: seconds, machine, change, cpus, mem, rack }) => {
    const time = fromSeconds(seconds);
    if (present.has(machine) && change === 'remove') {
      present.delete(machine);
      return { kind: 'remove', time, machine };
    }
    const kind = present.has(machine) ? 'update' : 'add';
    present.add(machine);
    const { gpus } = machines[machine];
    const capacity = SCENARIO_SPACE.quanta({ cpus, mem, gpus });
    return { kind, time, machine, capacity, attributes: attributesOf({ rack, cpus, gpus }) };
  });
}

const POWER = { startUp: fromSeconds(1.5), shutDown: fromSeconds(0.5) };

/** The workload of a scenario. */
export function traceOfScenario(scenario: Scenario): Trace {
  const { rows, frameworks } = scenario;
  return traceOf(SCENARIO_SPACE, rowsOf(SCENARIO_SPACE, rows), {
    frameworks,
    constraints: CONSTRAINTS,
    rules: RULES,
  });
}

/** The name of the service of a scenario. The jobs of its instances begin with it. */
export const SERVICE = 'service';

/**
 * A service for policies that scale services. Its load follows the demands of the rows, one value for each, so that a smaller
 * scenario has a simpler load.
 */
export function serviceOfScenario({ rows, frameworks }: Scenario): ScaledApplication {
  return {
    name: SERVICE,
    instance: {
      ...PLAIN_ROW,
      job: SERVICE,
      framework: frameworks.length - 1,
      submit: 0,
      demand: SCENARIO_SPACE.quanta({ cpus: 0.5 }),
      duration: FOREVER,
      usage: [1, 1, 1],
      curve: 1,
    },
    load: {
      step: fromSeconds(2),
      values: Float64Array.from(rows.length === 0 ? [1] : rows.map(({ needs }) => needs?.cpus ?? 0)),
    },
    usage: writtenCurve(),
    terms: {
      rule: 'target',
      target: 0.5,
      tolerance: 0.1,
      every: fromSeconds(1),
      coolDownOut: 0,
      coolDownIn: fromSeconds(2),
      stabilizationOut: 0,
      stabilizationIn: 0,
      least: 1,
      most: 6,
      readyAfter: fromSeconds(0.5),
      lead: 0,
      schedule: [],
    },
  };
}

// Times are multiples of 0.5 s, so that many events happen at the same instant.
const halfSeconds = (max: number) => fc.nat(max * 2).map((halves) => halves / 2);
const sometimes = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { freq: 2, nil: undefined });
const seldom = <T>(arbitrary: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });

const machine: fc.Arbitrary<MachineSketch> = fc.record({
  cpus: fc.constantFrom(1, 2, 4, 8),
  mem: fc.constantFrom(4, 8, 16),
  gpus: fc.constantFrom(0, 0, 1, 2, 4),
  rack: fc.constantFrom('r1', 'r2', 'r3'),
});

const machineChange: fc.Arbitrary<MachineChangeSketch> = fc.record({
  time: halfSeconds(40),
  machine: fc.nat(6),
  change: fc.constantFrom('remove' as const, 'update' as const),
  cpus: fc.constantFrom(1, 2, 4, 8),
  mem: fc.constantFrom(4, 8, 16),
  rack: fc.constantFrom('r1', 'r2', 'r3'),
});

/** Most rows demand no GPU. The others demand a share of one, or whole ones. */
const gpus = fc.oneof(
  { weight: 3, arbitrary: fc.constant({}) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      { gpus: 1, gpuShare: 0.7 },
      { gpus: 1, gpuShare: 0.4 },
      { gpus: 1, gpuShare: 0.3 },
    ),
  },
  { weight: 1, arbitrary: fc.constantFrom({ gpus: 1 }, { gpus: 2 }) },
);

const drawnRow = fc.record({
  gap: fc.oneof(fc.constant(0), halfSeconds(4)),
  framework: fc.nat(2),
  tasks: fc.integer({ min: 1, max: 4 }),
  needs: fc.record({ cpus: fc.constantFrom(0.5, 1, 1, 2, 3, 9), mem: fc.constantFrom(0, 1, 2, 4, 8) }),
  gpus,
  constraint: fc.constantFrom(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7),
  rule: fc.constantFrom(0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6),
  runs: fc.oneof({ weight: 9, arbitrary: halfSeconds(12) }, { weight: 1, arbitrary: fc.constant(FOREVER) }),
  estimate: sometimes(halfSeconds(14)),
  failsAfter: seldom(halfSeconds(8).map((seconds) => seconds + 0.5)),
  priority: fc.nat(2),
  gang: fc.boolean(),
  sameJob: fc.boolean(),
});
type DrawnRow = typeof drawnRow extends fc.Arbitrary<infer T> ? T : never;

function rowsFrom(drawn: readonly DrawnRow[], frameworks: number): RowSketch[] {
  const rows: (RowSketch & { job: number; at: number })[] = [];
  for (const { gap, sameJob, gpus, estimate, failsAfter, ...row } of drawn) {
    const before = rows.at(-1);
    const joins = sameJob && gap === 0 && before !== undefined;
    const { job, at, framework, gang, rule } = joins
      ? before
      : {
          job: rows.length,
          at: (before?.at ?? 0) + gap,
          framework: row.framework % frameworks,
          gang: row.gang,
          rule: row.rule,
        };
    rows.push({
      ...row,
      ...gpus,
      job,
      at,
      framework: framework as number,
      gang: gang as boolean,
      rule: rule as number,
      ...(estimate !== undefined && { estimate: estimate + 0.5 }),
      ...(failsAfter !== undefined && { failsAfter }),
    });
  }
  return rows;
}

const drawnScenario = fc.record({
  machines: fc.array(machine, { minLength: 3, maxLength: 7, size: 'max' }),
  frameworks: fc.array(fc.constantFrom(0.5, 1, 1, 2), { minLength: 1, maxLength: 3, size: 'max' }),
  rows: fc.array(drawnRow, { minLength: 1, maxLength: 25, size: 'max' }),
  machineEvents: fc.array(
    fc.record({
      time: halfSeconds(40),
      machine: fc.nat(6),
      state: fc.constantFrom('up' as const, 'draining' as const, 'down' as const),
    }),
    { maxLength: 5, size: 'max' },
  ),
  until: fc.oneof(fc.constant(100), halfSeconds(60)),
  patience: sometimes(halfSeconds(15)),
  decisionTime: fc.constantFrom(
    { perJob: 0, perTask: 0 },
    { perJob: 0, perTask: 0 },
    { perJob: 0.5, perTask: 0.25 },
  ),
  seed: fc.nat(1000).map(String),
});

/** Random small scenarios: heterogeneous machines that join and leave, GPUs, constraints, gangs, limits, failures, weights. */
export const scenarios: fc.Arbitrary<Scenario> = drawnScenario.map((drawn) => {
  return {
    machines: drawn.machines,
    // The alphabetical order of names differs from the order of ids, so that tests notice if the two are confused.
    frameworks: drawn.frameworks.map((weight, i) => ({ name: ['web', 'kafka', 'spark'][i], weight })),
    rows: rowsFrom(drawn.rows, drawn.frameworks.length),
    machineEvents: drawn.machineEvents.map((event) => ({
      ...event,
      machine: event.machine % drawn.machines.length,
    })),
    until: drawn.until,
    ...(drawn.patience !== undefined && { patience: drawn.patience }),
    decisionTime: drawn.decisionTime,
    seed: drawn.seed,
  };
});

/** The same, with machines that are added, removed and changed. Promises of backfilling are void in them. */
export const changingScenarios: fc.Arbitrary<Scenario> = fc
  .record({
    scenario: scenarios,
    list: fc.array(machineChange, { minLength: 1, maxLength: 6, size: 'max' }),
    later: fc.subarray([0, 1, 2]),
  })
  .map(({ scenario, list, later }) => {
    const { machines } = scenario;
    const changes = list.map((change) => ({ ...change, machine: change.machine % machines.length }));
    return {
      ...scenario,
      machines: machines.map((sketch, rank) => (later.includes(rank) ? { ...sketch, later: true } : sketch)),
      machineChanges: changes.sort((a, b) => a.time - b.time),
    };
  });
