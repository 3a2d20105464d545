import { z } from 'zod';
import type { FormulaObjective } from '../../formulas/objective.js';
import type { Summary } from '../../metrics/catalogue/catalogue.js';
import { didYouMean, InputError } from '../../model/index.js';
import { metricPathExists, metricsOf } from '../../results/metric.js';
import { readYaml, type YamlFile } from '../scenario/yaml-file.js';

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

type Entry = z.output<typeof objectivesSchema>['objectives'][number];

/** Reads the objectives of a YAML file. @throws InputError with file, line and field. */
export async function readObjectives(path: string): Promise<GateObjective[]> {
  const file = readYaml(path, objectivesSchema);
  const { formulaObjective } = await import('../../formulas/objective.js');
  return file.value.objectives.map((entry, i) => {
    const at = ['objectives', i, ...(typeof entry === 'string' ? [] : ['formula'])];
    const place = { file: path, ...file.positionOf(at), path: at };
    try {
      return objectiveOf(file, entry, formulaObjective(formulaOf(entry)), i);
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

function formulaOf(entry: Entry): string {
  return typeof entry === 'string' ? entry : entry.formula;
}

function objectiveOf(
  file: YamlFile<unknown>,
  entry: Entry,
  { text, metrics, isMet }: FormulaObjective,
  place: number,
): GateObjective {
  const { policy, share = 1 } = typeof entry === 'string' ? {} : entry;
  const path = ['objectives', place];
  const mistake = (problem: string) =>
    new InputError({ file: file.path, ...file.positionOf(path), path }, problem);
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
