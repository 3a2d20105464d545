import { elasticity } from './elasticity/elasticity-extension.js';
import type { Extension } from './extension.js';
import { failures } from './failures/failures-extension.js';
import { operations } from './operations/operations-extension.js';
import { tenants } from './tenants/tenants-extension.js';

/**
 * All extensions, in the order in which their stages run and their keys stand in a summary. A new one is a folder here and an entry in this list (and in `Listed`, if it adds
 * keys to scenario files).
 * The schema of its part of the summary is in metrics/summary, and its tables are in results (operation-tables.ts, tenant-tables.ts):
 * a report is made of results, metrics and the model alone.
 */
export const EXTENSIONS: readonly Extension[] = [failures, elasticity, operations, tenants];

type Listed = typeof failures | typeof elasticity | typeof operations | typeof tenants;

/** The keys that extensions add to a scenario file, beside their sections of parameters. */
export type ScenarioKeys = Together<KeysOf<Listed>>;

/** The names of the sections of parameters in a scenario file. */
export type SectionName = SectionsOf<Listed>;

type KeysOf<E> = E extends { readonly scenarioKeys: (zod: never) => infer Keys } ? Keys : never;
type SectionsOf<E> = E extends { readonly settingSections: infer Sections } ? keyof Sections : never;

/** The intersection of the members of a union. */
type Together<U> = (U extends unknown ? (one: U) => void : never) extends (all: infer All) => void
  ? All
  : never;
