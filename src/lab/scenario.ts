import { z } from 'zod';
import { readYaml } from './read-yaml.js';

const text = z.union([z.string(), z.number()]).transform(String);

/** A scenario file: the options of `simulate run` as YAML. */
export const scenarioSchema = z.strictObject({
  policy: z.union([text, z.array(text).transform((names) => names.join(','))]).optional(),
  workload: text.optional(),
  trace: text.optional(),
  format: text.optional(),
  machines: text.optional(),
  seed: text.optional(),
  seeds: text.optional(),
  until: text.optional(),
  failures: text.optional().describe('a preset such as lanl05, or a .csv file of outages'),
  faults: z.array(text).optional().describe("a fault script: 'at 2h: kill rack rack-3 for 30m'"),
  services: z
    .record(
      z.string(),
      z
        .record(z.string(), text)
        .nullable()
        .transform((set) => set ?? {}),
    )
    .optional()
    .describe(
      'what the workload is composed of, by name: the parameters of each, and `service` where the name is not that of a service',
    ),
  add: z.array(text).optional().describe("services beside these: 'kafka:brokers=20'"),
  set: z.record(z.string(), text).default({}),
});

/** A scenario as it was read: all values are text, as on the command line. */
export type Scenario = z.output<typeof scenarioSchema>;

/** Reads a scenario file. @throws InputError with file, line and field. */
export async function readScenario(path: string): Promise<Scenario> {
  return readYaml(path, scenarioSchema, () => Object.keys(scenarioSchema.shape));
}
