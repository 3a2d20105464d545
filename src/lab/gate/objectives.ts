import { z } from 'zod';
import type { FormulaObjective } from '../../formulas/objective.js';
import type { Summary } from '../../metrics/catalogue/catalogue.js';
import { didYouMean, InputError, type InputPlace } from '../../model/index.js';
import { type DocumentPath, schemaMistake } from '../../results/files/schema-mistake.js';
import { metricPathExists, metricsOf } from '../../results/metric.js';
import { readYaml } from '../scenario/yaml-file.js';

/** A condition on the metrics of a run. */
export interface GateObjective {
  readonly text: string;
  /** Counts the runs that meet it, for each policy. @throws InputError for a metric that no run has. */
  judge(runs: readonly Summary[]): JudgedObjective[];
}

/** An objective under one policy. */
export interface JudgedObjective {
  readonly policy: string;
  readonly text: string;
  readonly runs: number;
  readonly met: number;
  /** Least share of the runs that must meet it. */
  readonly share: number;
  readonly verdict: 'pass' | 'fail';
}

const formula = z.string().min(1).describe('condition over metrics, such as p95(wait) <= 2 min');

/** The schema of a file of objectives. */
export const objectivesSchema = z
  .object({
    objectives: z
      .array(
        z.union([
          formula,
          z
            .object({
              formula,
              policy: z.string().min(1).optional().describe('only for runs of this policy'),
              share: z
                .number()
                .gt(0)
                .max(1)
                .optional()
                .describe('share of the runs that must meet it; all by default'),
            })
            .strict(),
        ]),
      )
      .min(1),
  })
  .strict();

/**
 * A condition over the metrics of a run, such as `taskWait.p95 <= 2 min`; all runs of every policy must meet it, or those of one policy, or
 * a share of them.
 */
export type ObjectiveEntry =
  | string
  | {
      readonly formula: string;
      readonly policy?: string | undefined;
      /** Above 0, at most 1. */
      readonly share?: number | undefined;
    };

/** Reads the objectives of a YAML file. @throws InputError with file, line and field. */
export async function readObjectives(path: string): Promise<GateObjective[]> {
  const file = readYaml(path, objectivesSchema);
  return objectivesOf(file.value.objectives, (at) => ({ file: path, ...file.positionOf(at), path: at }));
}

/** The objectives of a document that is not a file. @throws InputError with the path of the entry. */
export async function parseObjectives(entries: readonly ObjectiveEntry[]): Promise<GateObjective[]> {
  const document = { objectives: entries };
  const parsed = objectivesSchema.safeParse(document);
  if (!parsed.success) throw schemaMistake(parsed.error.issues[0], document, objectivesSchema);
  return objectivesOf(parsed.data.objectives, (path) => ({ field: path.join('.'), path }));
}

/** The place of an entry of the document. */
type PlaceOf = (path: DocumentPath) => InputPlace;

async function objectivesOf(entries: readonly ObjectiveEntry[], placeOf: PlaceOf): Promise<GateObjective[]> {
  const { formulaObjective } = await import('../../formulas/objective.js');
  return entries.map((entry, i) => {
    const place = placeOf(['objectives', i, ...(typeof entry === 'string' ? [] : ['formula'])]);
    try {
      return objectiveOf(entry, formulaObjective(formulaOf(entry)), placeOf(['objectives', i]));
    } catch (error) {
      // The character is that in the formula, which a line of YAML may fold or quote.
      if (!(error instanceof InputError)) throw error;
      const { column } = error.place;
      throw new InputError(
        place,
        column === undefined ? error.problem : `character ${column}: ${error.problem}`,
      );
    }
  });
}

function formulaOf(entry: ObjectiveEntry): string {
  return typeof entry === 'string' ? entry : entry.formula;
}

function objectiveOf(
  entry: ObjectiveEntry,
  { text, metrics, isMet }: FormulaObjective,
  place: InputPlace,
): GateObjective {
  const { policy, share = 1 } = typeof entry === 'string' ? { policy: undefined } : entry;
  const mistake = (problem: string) => new InputError(place, problem);
  return {
    text,
    judge(runs) {
      const names = [...new Set(runs.map(({ run }) => run.policy.name))];
      if (policy !== undefined && !names.includes(policy))
        throw mistake(
          `no run has the policy "${policy}", expected one of ${names.join(', ')}${didYouMean(policy, names)}`,
        );
      const unknown = metrics.find((metric) => !runs.some((run) => metricPathExists(run, metric)));
      if (unknown !== undefined)
        throw mistake(
          `no run has the metric "${unknown}"${didYouMean(
            unknown,
            runs.flatMap(metricsOf).map(({ key }) => key),
          )}`,
        );
      return names
        .filter((name) => policy === undefined || name === policy)
        .map((name) => {
          const own = runs.filter(({ run }) => run.policy.name === name);
          const met = own.filter(isMet).length;
          const verdict = met >= share * own.length ? ('pass' as const) : ('fail' as const);
          return { policy: name, text, runs: own.length, met, share, verdict };
        });
    },
  };
}
