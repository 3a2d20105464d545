import pc from 'picocolors';
import type { CommandModule } from 'yargs';
import { z } from 'zod';
import { scenarioSchema } from '../../lab/scenario/scenario.js';
import { submissionSchema } from '../../lab/scenario/submission-file.js';
import { summarySchema } from '../../metrics/summary/summary-schema.js';

const SCHEMAS: Readonly<Record<string, z.ZodType>> = {
  summary: summarySchema,
  scenario: scenarioSchema,
  submission: submissionSchema,
};

/** `simulate schema summary|scenario|submission` prints the definition that also checks the file. */
export function schemaCommand(): CommandModule {
  return {
    command: 'schema <file>',
    describe: 'the fields of summary.json, of a scenario or of a submission file',
    builder: (argv) =>
      argv
        .positional('file', { type: 'string', choices: Object.keys(SCHEMAS), demandOption: true })
        .option('json', { type: 'boolean', describe: 'print a JSON Schema, for editors' })
        .example('$0 schema scenario', 'every key of a scenario file'),
    handler: (args) => {
      const schema = jsonSchema(SCHEMAS[String(args.file)]);
      process.stdout.write(
        args.json === true ? `${JSON.stringify(schema, null, 2)}\n` : fieldLines('', schema).join(''),
      );
    },
  };
}

/** The part of JSON Schema that our definitions use. */
interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly anyOf?: readonly JsonSchema[];
}

function jsonSchema(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, { io: 'input' }) as JsonSchema;
}

/** A line per field: its path, `<name>` standing for any key, and what it means. */
function fieldLines(path: string, schema: JsonSchema): string[] {
  const own =
    path === ''
      ? []
      : [`${pc.bold(path)}${schema.description === undefined ? '' : `  ${schema.description}`}\n`];
  const object = schema.anyOf?.find((variant) => variant.properties !== undefined) ?? schema;
  const below = Object.entries(object.properties ?? {}).flatMap(([name, field]) =>
    fieldLines(joined(path, name), field),
  );
  const any =
    typeof object.additionalProperties === 'object'
      ? fieldLines(joined(path, '<name>'), object.additionalProperties)
      : [];
  return [...own, ...below, ...any];
}

function joined(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}
