import { elasticity } from './elasticity/elasticity-extension.js';
import type { Extension } from './extension.js';
import { failures } from './failures/failures-extension.js';
import { operations } from './operations/operations-extension.js';
import { tenants } from './tenants/tenants-extension.js';

/**
 * All extensions, in the order of their stages and of their keys in a summary. A new extension is a folder here and an entry in
 * this list. It also needs an entry in `Listed` if it adds keys to scenario files. Its metrics are declared in
 * metrics/catalogue. Its tables are in results (operation-tables.ts, tenant-tables.ts), because a report depends only on results,
 * metrics and the model.
 */
export const EXTENSIONS: readonly Extension[] = [failures, elasticity, operations, tenants];

type Listed = typeof failures | typeof elasticity | typeof operations | typeof tenants;

/** The keys that extensions add to a scenario file, besides their parameter sections. */
export type ScenarioKeys = Together<KeysOf<Listed>>;

/** The names of the parameter sections of a scenario file. */
export type SectionName = SectionsOf<Listed>;

type KeysOf<E> = E extends { readonly scenarioKeys: (zod: never) => infer Keys } ? Keys : never;
type SectionsOf<E> = E extends { readonly settingSections: infer Sections } ? keyof Sections : never;

/** The intersection of the members of a union. */
type Together<U> = (U extends unknown ? (one: U) => void : never) extends (all: infer All) => void
  ? All
  : never;
