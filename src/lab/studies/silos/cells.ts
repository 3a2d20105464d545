import type { KnownAnswer } from './answers.js';
import type { DataCentre } from './data-centre.js';
import { diurnalCentre, type Mix } from './diurnal-centre.js';
import { smackCentre } from './smack-centre.js';

/** One point of the study: a data centre, and the headroom that its machines are bought with. */
export interface Cell {
  readonly name: string;
  readonly centre: DataCentre;
  /** Share of machines beyond the fewest. */
  readonly headroom: number;
  /** Is a rack failed, too? */
  readonly failsRack: boolean;
  /** What docs/silos-vs-sharing.md says of the claims here; those that are not named do not hold. */
  readonly answers: readonly KnownAnswer[];
}

/** Around this each factor is varied by itself. */
const BASE: Mix = {
  meanCores: 960,
  peakToMean: 4,
  services: 10,
  peaks: 'drawn',
  batchShare: 0.3,
  batchWait: 1800,
  failures: 'none',
};

const HEADROOM = 0.25;

/** What each cell of the full study changes. */
const VARIED: readonly (readonly [name: string, mix: Partial<Mix>, headroom?: number])[] = [
  // LinkedIn's Kafka, 2015: the one published ratio.
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

/** By the name of a cell, what the study found there, but for what does not hold. */
const ANSWERS: Readonly<Record<string, readonly KnownAnswer[]>> = {
  'peak 8 x mean': [
    [USED, 'silos', 'holds'],
    [SAVED, 'pooled DRF', 'holds'],
    [SAVED, 'pooled with eviction', 'holds'],
  ],
  '20 services': [
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
  'small peak 8 x mean': [
    [USED, 'silos', 'undecided'],
    [SAVED, 'pooled DRF', 'undecided'],
    [SAVED, 'pooled with eviction', 'undecided'],
  ],
};

/** Every cell of the full study. */
export function fullCells(): readonly Cell[] {
  const base = diurnalCentre(BASE);
  return [
    cellOf('base', base, HEADROOM, true),
    cellOf('headroom 0', base, 0, false),
    cellOf('headroom 100 %', base, 1, false),
    ...VARIED.map(([name, mix, headroom = HEADROOM]) =>
      cellOf(name, diurnalCentre({ ...BASE, ...mix }), headroom, false),
    ),
    cellOf('smack', smackCentre(), HEADROOM, true),
  ];
}

/** Two cells of a sixth of the size. */
export function quickCells(): readonly Cell[] {
  const small: Mix = { ...BASE, meanCores: 160, services: 5 };
  return [
    cellOf('small base', diurnalCentre(small), HEADROOM, false),
    cellOf('small peak 8 x mean', diurnalCentre({ ...small, peakToMean: 8 }), HEADROOM, false),
  ];
}

function cellOf(name: string, centre: DataCentre, headroom: number, failsRack: boolean): Cell {
  return { name, centre, headroom, failsRack, answers: ANSWERS[name] ?? [] };
}
