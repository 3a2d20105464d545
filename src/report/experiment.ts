import type { ReportData } from './report-data.js';

/** The runs that a reader of an interactive page can change and run again: plain data, with texts as on the command line. */
export interface Experiment {
  readonly policies: readonly PolicyUse[];
  /** The policy to which the others are compared; null for the first. */
  readonly versus: string | null;
  readonly seeds: readonly string[];
  /** As in `--machines`; empty for those of the workload. */
  readonly machines: string;
  /** As in `--until`; empty for the length of the workload. */
  readonly until: string;
  /** Name of a preset of failures; empty for none. */
  readonly failures: string;
  readonly faults: readonly string[];
  readonly operations: readonly string[];
  /** `--set key=value`. */
  readonly set: Readonly<Record<string, string>>;
  readonly workload: { readonly name: string; readonly services: readonly string[] | null };
}

/** A policy with the arguments that differ from its defaults. */
export interface PolicyUse {
  readonly name: string;
  readonly arguments: Readonly<Record<string, string>>;
}

/** A parameter that the reader can set. */
export interface Field {
  /** As in `--set`. */
  readonly name: string;
  readonly about: string;
  readonly default: string;
  /** The values of a choice; null for free text. */
  readonly choices: readonly string[] | null;
}

/** A number that the reader changes most, as a slider beside its field. */
export interface Slider {
  /** Name of the field. */
  readonly field: string;
  readonly label: string;
  readonly least: number;
  readonly most: number;
  /** The text of the field is this with the number in place of `#`. */
  readonly text: string;
}

/** A policy that the reader can choose. */
export interface OfferedPolicy {
  readonly name: string;
  /** As arguments of the policy. */
  readonly fields: readonly Field[];
}

/** All that the reader can choose. */
export interface Catalogue {
  readonly policies: readonly OfferedPolicy[];
  /** Names of the presets of failures. */
  readonly failures: readonly string[];
  /** Parameters of the workload and of failures. */
  readonly settings: readonly Field[];
  readonly sliders: readonly Slider[];
  /** The machines of the workload, in the form of `--machines`. */
  readonly machines: string;
  /** The length of the workload, in the form of `--until`; empty if it has none. */
  readonly until: string;
}

/** What the page has beside the data of the report. */
export interface Interactive {
  readonly experiment: Experiment;
  /** Whether the reader sees the fields at once. */
  readonly panel: 'open' | 'closed';
  readonly version: string;
  /** Digests of the policies, by name, as the command line writes them in a summary. */
  readonly digests: Readonly<Record<string, string>>;
}

/** From the page to the simulator. */
export interface ToSimulator {
  readonly kind: 'describe' | 'run';
  readonly interactive: Interactive;
}

/** From the simulator to the page. */
export type FromSimulator =
  | { readonly kind: 'catalogue'; readonly catalogue: Catalogue }
  /** `done` of the work of all runs, from 0 to 1. */
  | { readonly kind: 'progress'; readonly run: string; readonly done: number }
  /** `results` is the text that `--json` prints. */
  | { readonly kind: 'ended'; readonly data: ReportData; readonly results: string }
  | { readonly kind: 'failed'; readonly message: string };

/** Id of the element that holds the simulator's script. */
export const SIMULATOR_ELEMENT_ID = 'simulator';

/** Id of the element that holds the experiment, as JSON. */
export const INTERACTIVE_ELEMENT_ID = 'interactive';
