import { z } from 'zod';
import { schemaMistake } from '../../results/files/schema-mistake.js';
import { locateInScenario } from '../scenario/scenario.js';
import { readYaml } from '../scenario/yaml-file.js';
import type { ScenarioDocument } from './axis.js';
import { samplingSchema } from './sampling.js';

const value = z.union([z.string(), z.number(), z.boolean()]);
const partialPoint = z.record(z.string(), z.union([value, z.array(z.union([value, z.array(value)]))]));

/** The keys of a sweep file beside those of a scenario. */
const ownKeys = {
  include: z
    .array(partialPoint)
    .default([])
    .describe('further combinations: values of some axes, each with all values of the others'),
  exclude: z
    .array(partialPoint)
    .default([])
    .describe('combinations that are left out: values of some axes, by their names'),
  sample: samplingSchema
    .optional()
    .describe(
      'points of a sample instead of all combinations; lists elsewhere in the file are combined with each point',
    ),
};

const sweepSchema = z.looseObject(ownKeys);

/** A sweep: a scenario whose fields may be lists, and what to combine. */
export interface SweepDocument extends Pick<z.output<typeof sweepSchema>, 'include' | 'exclude' | 'sample'> {
  readonly scenario: ScenarioDocument;
}

/** Reads a sweep file; the scenario in it is not checked yet. @throws InputError with file, line and field. */
export function readSweepFile(path: string): {
  readonly sweep: SweepDocument;
  /** Adds file and line to a mistake that was found later, unless an option replaced its key. */
  readonly locate: (error: unknown, replaced: ReadonlySet<string>) => unknown;
} {
  const file = readYaml(path, sweepSchema);
  const { include, exclude, sample, ...scenario } = file.value;
  return {
    sweep: { include, exclude, sample, scenario },
    locate: (error, keys) => locateInScenario(file, error, { keys, settings: new Set() }),
  };
}

/** The sweep in a document that is not a file; the scenario in it is not checked yet. @throws InputError with the path of the entry. */
export function sweepOf(document: ScenarioDocument): SweepDocument {
  const parsed = sweepSchema.safeParse(document);
  if (!parsed.success) throw schemaMistake(parsed.error.issues[0], document, sweepSchema);
  const { include, exclude, sample, ...scenario } = parsed.data;
  return { include, exclude, sample, scenario };
}

/** A sweep without a file. */
export const NO_SWEEP_FILE: SweepDocument = { include: [], exclude: [], sample: undefined, scenario: {} };
