import { SMACK_SERVICES } from '../../workloads/smack.js';
import type { KnownAnswer } from './answers.js';
import { POOLS, type Pool, STRETCHED_POOLS } from './arrangements.js';
import { type DataCentre, waitObjectives } from './data-centre.js';
import { diurnalCentre, type Mix } from './diurnal-centre.js';

/** One point of the study: a data centre and its headroom. */
export interface Cell {
  readonly name: string;
  readonly centre: DataCentre;
  /** The arrangements compared with silos in this cell. */
  readonly pools: readonly Pool[];
  /** Additional machines, relative to the fewest that meet the objectives. */
  readonly headroom: number;
  /** Twenty: with ten, the intervals that are corrected for the number of claims are too wide for the borders of the claims. */
  readonly seeds: number;
  /** Whether the failure of a rack is measured too. */
  readonly failsRack: boolean;
  /** The answers in docs/silos-vs-sharing.md for this cell. Unlisted claims do not hold. */
  readonly answers: readonly KnownAnswer[];
}

/** Base values; each factor is varied separately around them. */
const BASE: Mix = {
  meanCores: 960,
  peakToMean: 4,
  services: 10,
  peaks: 'drawn',
  batchShare: 0.3,
  batchWait: 1800,
  batchCores: 4,
  failures: 'none',
};

const HEADROOM = 0.25;

const SEEDS = 20;

/** For the small cells, so that the short form takes a minute and a half of CPU. */
const FEWER_SEEDS = 10;

/** Cells of the full study: what each changes, relative to the base. */
const VARIED: readonly (readonly [name: string, mix: Partial<Mix>, headroom?: number])[] = [
  // LinkedIn's Kafka, 2015: the only published ratio.
  ['peak 1.4 x mean', { peakToMean: 1.4 }],
  ['peak 2 x mean', { peakToMean: 2 }],
  ['peak 8 x mean', { peakToMean: 8 }],
  ['2 services', { services: 2 }],
  ['5 services', { services: 5 }],
  ['20 services', { services: 20 }],
  ['all peak at one hour', { peaks: 'same' }],
  ['no batch work', { batchShare: 0 }],
  ['60 % batch work', { batchShare: 0.6 }],
  ['batch may wait 8 h', { batchWait: 28_800 }],
  ['machines fail as lanl05', { failures: 'lanl05' }],
  ['machines fail as g5k06', { failures: 'g5k06' }],
  ['best for the claims', { peakToMean: 8, services: 20, batchShare: 0.6, batchWait: 28_800 }, 0],
];

const USED = 'silos use 6-12 %';
const SAVED = '60 % less hardware';

/** Results of the study by cell. Claims that do not hold are omitted. */
const ANSWERS: Readonly<Record<string, readonly KnownAnswer[]>> = {
  base: [
    [USED, 'silos', 'undecided'],
    [SAVED, 'pooled DRF', 'undecided'],
    [SAVED, 'pooled with eviction', 'undecided'],
    [SAVED, 'pooled with oversubscription', 'undecided'],
    [SAVED, 'pooled with burst', 'holds'],
  ],
  'batch tasks of 2 cores': [
    [USED, 'silos', 'undecided'],
    [SAVED, 'pooled DRF', 'undecided'],
    [SAVED, 'pooled with eviction', 'undecided'],
    [SAVED, 'pooled with oversubscription', 'undecided'],
    [SAVED, 'pooled with burst', 'holds'],
  ],
  'all peak at one hour': [[USED, 'silos', 'undecided']],
  'machines fail as lanl05': [
    [USED, 'silos', 'undecided'],
    [SAVED, 'pooled DRF', 'undecided'],
    [SAVED, 'pooled with eviction', 'undecided'],
  ],
  'peak 8 x mean': [
    [USED, 'silos', 'holds'],
    [SAVED, 'pooled DRF', 'holds'],
    [SAVED, 'pooled with eviction', 'holds'],
  ],
  'headroom 100 %': [[USED, 'silos', 'holds']],
  '20 services': [
    [USED, 'silos', 'undecided'],
    [SAVED, 'pooled DRF', 'undecided'],
    [SAVED, 'pooled with eviction', 'undecided'],
  ],
  'no batch work': [
    [USED, 'silos', 'holds'],
    [SAVED, 'pooled DRF', 'undecided'],
    [SAVED, 'pooled bin-packing', 'undecided'],
    [SAVED, 'pooled with eviction', 'undecided'],
  ],
  'batch may wait 8 h': [
    [SAVED, 'pooled DRF', 'undecided'],
    [SAVED, 'pooled with eviction', 'undecided'],
  ],
  'machines fail as g5k06': [
    [USED, 'silos', 'holds'],
    [SAVED, 'pooled DRF', 'undecided'],
    [SAVED, 'pooled with eviction', 'undecided'],
  ],
  'best for the claims': [
    [SAVED, 'pooled DRF', 'holds'],
    [SAVED, 'pooled with eviction', 'holds'],
  ],
  'small base': [[USED, 'silos', 'holds']],
  tiny: [
    [USED, 'silos', 'undecided'],
    [SAVED, 'pooled with eviction', 'undecided'],
    [SAVED, 'pooled with oversubscription', 'undecided'],
  ],
  'small peak 8 x mean': [
    [USED, 'silos', 'undecided'],
    [SAVED, 'pooled DRF', 'undecided'],
    [SAVED, 'pooled with eviction', 'undecided'],
  ],
};

/** All pools, for a few cells only: the searches for the stretched pools take as long as all others together. */
const ALL_POOLS: readonly Pool[] = [...POOLS, ...STRETCHED_POOLS];

/** Every cell of the full study. */
export function fullCells(): readonly Cell[] {
  const base = diurnalCentre(BASE);
  return [
    cellOf('base', base, HEADROOM, true, ALL_POOLS),
    cellOf('headroom 0', base, 0, false),
    cellOf('headroom 100 %', base, 1, false),
    ...VARIED.map(([name, mix, headroom = HEADROOM]) =>
      cellOf(name, diurnalCentre({ ...BASE, ...mix }), headroom, false),
    ),
    // Such tasks are small enough for the unused allocation of a machine full of services.
    cellOf('batch tasks of 2 cores', diurnalCentre({ ...BASE, batchCores: 2 }), HEADROOM, false, ALL_POOLS),
    cellOf('smack', smackCentre(), HEADROOM, true),
  ];
}

/** Two cells of a sixth of the size, and a smaller one for the stretched pools. */
export function quickCells(): readonly Cell[] {
  const small: Mix = { ...BASE, meanCores: 160, services: 5 };
  const tiny: Mix = { ...BASE, meanCores: 48, services: 2, batchCores: 2 };
  const withEviction = POOLS.filter(({ policy }) => policy === 'borg');
  return [
    { ...cellOf('small base', diurnalCentre(small), HEADROOM, false), seeds: FEWER_SEEDS },
    {
      ...cellOf('small peak 8 x mean', diurnalCentre({ ...small, peakToMean: 8 }), HEADROOM, false),
      seeds: FEWER_SEEDS,
    },
    {
      ...cellOf('tiny', diurnalCentre(tiny), HEADROOM, false, [...withEviction, ...STRETCHED_POOLS]),
      seeds: 5,
    },
  ];
}

function cellOf(name: string, centre: DataCentre, headroom: number, failsRack: boolean, pools = POOLS): Cell {
  return { name, centre, pools, headroom, seeds: SEEDS, failsRack, answers: ANSWERS[name] ?? [] };
}

/** Approximate mean number of machines of each service of the default workload; only the starting point of a search. */
const MEAN_MACHINES: Readonly<Record<string, number>> = {
  kafka: 20,
  cassandra: 30,
  elasticsearch: 20,
  web: 70,
  spark: 70,
};

/** Objective for the p95 wait of Spark's tasks, seconds (proposal). */
const BATCH_WAIT = 1800;

/** The default workload on the machines of the default data centre. */
function smackCentre(): DataCentre {
  const isBatch = (name: string) => name === 'spark';
  return {
    frameworks: SMACK_SERVICES.map((service) => service.name),
    shape: '16cpu/64GiB/4TiBdisk',
    meanMachines: (names) => names.reduce((sum, name) => sum + MEAN_MACHINES[name], 0),
    spec: (names, seed) => ({
      workload: { kind: 'generated', name: 'smack', services: names },
      set: {},
      seed,
    }),
    objectives: (names) => waitObjectives(names, isBatch, BATCH_WAIT, false),
    isBatch,
  };
}
