import pc from 'picocolors';
import type { CommandModule } from 'yargs';
import { z } from 'zod';
import { gateSchema } from '../../lab/gate/gate-schema.js';
import { objectivesSchema } from '../../lab/gate/objectives.js';
import { scenarioSchema } from '../../lab/scenario/scenario.js';
import { submissionSchema } from '../../lab/scenario/submission-file.js';
import { traceSchema } from '../../lab/workload/trace-schema.js';
import { UNITS } from '../../metrics/catalogue/data-schemas.js';
import { summarySchema } from '../../metrics/catalogue/summary-schema.js';
import { resultsSchema } from '../../results/results-schema.js';
import { definition } from '../prose.js';

const SCHEMAS: Readonly<Record<string, z.ZodType>> = {
  summary: summarySchema,
  results: resultsSchema,
  gate: gateSchema,
  scenario: scenarioSchema,
  objectives: objectivesSchema,
  submission: submissionSchema,
  trace: traceSchema,
};

const ABOUT: readonly (readonly [file: string, about: string])[] = [
  ['summary', 'summary.json: the results of a run'],
  ['results', 'the document that --json prints: summaries and their comparison'],
  ['gate', 'the document that simulate gate --json prints: verdicts, differences, digests'],
  ['scenario', 'a YAML file for --scenario: a complete experiment'],
  ['objectives', 'a YAML file for simulate gate --objectives: conditions that runs must meet'],
  ['submission', 'a YAML file for simulate submit: jobs for a real master'],
  ['trace', "a row of a trace in Fairground's own formats, CSV or Parquet"],
];

/** `simulate schema summary|results|gate|scenario|objectives|submission|trace` prints the schema by which the file is also checked. */
export function schemaCommand(): CommandModule {
  return {
    command: 'schema [file]',
    describe: 'print the fields of summary.json, of a scenario, submission or trace file',
    builder: (argv) =>
      argv
        .positional('file', {
          type: 'string',
          choices: Object.keys(SCHEMAS),
          describe: 'without it, the list of these files',
        })
        .option('json', { type: 'boolean', describe: 'print a JSON Schema, for editors' })
        .option('markdown', { type: 'boolean', describe: 'print a page with a table per section' })
        .conflicts('json', 'markdown')
        .example('$0 schema scenario', 'every key of a scenario file'),
    handler: (args) => {
      if (args.file === undefined) {
        process.stdout.write(fileList());
        return;
      }
      const file = String(args.file);
      if (args.markdown === true) {
        process.stdout.write(schemaPage(file, schemaWithUnits(SCHEMAS[file]) as JsonSchema));
        return;
      }
      const schema = jsonSchema(SCHEMAS[file]);
      process.stdout.write(
        args.json === true ? `${JSON.stringify(schema, null, 2)}\n` : fieldLines('', schema).join(''),
      );
    },
  };
}

function fileList(): string {
  const column = Math.max(...ABOUT.map(([file]) => file.length)) + 4;
  const lines = ABOUT.map(([file, about]) => definition(`  ${pc.bold(file)}`, about, column));
  return `Files with a schema (simulate schema FILE)\n\n${lines.join('')}`;
}

/** The part of JSON Schema that these schemas use. */
interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly unit?: string;
  readonly items?: JsonSchema;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly anyOf?: readonly JsonSchema[];
}

/** A schema as JSON Schema, in which fields have a `unit` if they have one. */
function schemaWithUnits(ofFile: z.ZodType): unknown {
  return z.toJSONSchema(ofFile, {
    io: 'input',
    override: ({ zodSchema, jsonSchema }) => {
      const unit = UNITS.get(zodSchema as unknown as z.ZodType)?.unit;
      if (unit !== undefined) Object.assign(jsonSchema, { unit });
    },
  });
}

function jsonSchema(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, { io: 'input' }) as JsonSchema;
}

/** Where the descriptions of fields begin. */
const FIELD_COLUMN = 32;

/** An entry per field: its path, type and description. `<name>` stands for any key. */
function fieldLines(path: string, schema: JsonSchema): string[] {
  const own =
    path === ''
      ? []
      : [
          definition(
            `${pc.bold(path)} ${pc.dim(`(${plainType(schema)})`)}`,
            schema.description ?? '',
            FIELD_COLUMN,
          ),
        ];
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

/** The type in words: `text`, `list of text`. A key of a YAML file that takes text also takes a number. */
function plainType(schema: JsonSchema): string {
  if (schema.const !== undefined) return String(schema.const);
  if (schema.enum !== undefined) return schema.enum.join(', ');
  if (schema.anyOf !== undefined) {
    return [...new Set(schema.anyOf.map(plainType))].join(' or ');
  }
  if (schema.items !== undefined) return `list of ${plainType(schema.items)}`;
  const words = [schema.type ?? 'any'].flat().map((type) => TYPE_WORDS[type] ?? type);
  return words.filter((word) => word !== 'number' || !words.includes('text')).join(' or ');
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'whole number',
  object: 'keys with values',
  array: 'list',
  boolean: 'true or false',
};

function joined(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

/** A page about a file: a table of the top-level fields without subfields, then a table for each section. */
function schemaPage(file: string, schema: JsonSchema): string {
  const rows = Object.entries(schema.properties ?? {}).map(
    ([name, field]) => [name, fieldRows(name, field, undefined)] as const,
  );
  const alone = rows.filter(([, fields]) => fields.length === 1).flatMap(([, fields]) => fields);
  const sections = rows.filter(([, fields]) => fields.length > 1);
  const head = '| field | type | unit | meaning |\n|---|---|---|---|\n';
  const parts = [
    `# The fields of a ${file}\n\n` +
      'Generated from the schema by the build. `<name>` stands for any key, and `[]` for each entry of a list.\n' +
      'A nested field has the unit of the outer field, unless the table gives another unit.',
    `${head}${alone.join('')}`.trim(),
    ...sections.map(([name, fields]) => `## ${name}\n\n${head}${fields.join('')}`.trim()),
  ];
  return `${parts.join('\n\n')}\n`;
}

/** A row of the table for a field and for each field inside it. */
function fieldRows(path: string, schema: JsonSchema, outer: string | undefined): string[] {
  const unit = schema.unit ?? schema.anyOf?.find((variant) => variant.unit !== undefined)?.unit ?? outer;
  const shown = /number|integer/.test(typeText(schema)) ? (unit ?? '') : '';
  const meaning = (schema.description ?? '').replaceAll('|', '\\|').replaceAll('<', '&lt;');
  const own = `| \`${path}\` | ${typeText(schema)} | ${shown} | ${meaning} |\n`;
  const object = schema.anyOf?.find((variant) => variant.properties !== undefined) ?? schema;
  const below = Object.entries(object.properties ?? {}).map(([name, field]) => [`${path}.${name}`, field]);
  if (typeof object.additionalProperties === 'object')
    below.push([`${path}.<name>`, object.additionalProperties]);
  if (object.items !== undefined) below.push([`${path}[]`, object.items]);
  return [own, ...(below as [string, JsonSchema][]).flatMap(([name, field]) => fieldRows(name, field, unit))];
}

function typeText(schema: JsonSchema): string {
  if (schema.const !== undefined) return `\`${schema.const}\``;
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${value}\``).join(', ');
  if (schema.anyOf !== undefined) return schema.anyOf.map(typeText).join(' or ');
  return [schema.type ?? 'any'].flat().join(' or ');
}
