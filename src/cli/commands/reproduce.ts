import pc from 'picocolors';
import type { Argv, CommandModule } from 'yargs';
import { didYouMean, InputError, ParameterValues, parseParameter, quote } from '../../model/index.js';
import { STUDIES } from '../../studies/index.js';
import { referenceData } from '../../studies/reference-data.js';
import type { Check, Study } from '../../studies/study.js';
import { definition, writeMessage } from '../prose.js';
import type { Exit } from '../run-options.js';
import { tableText } from '../table.js';

interface ReproduceArguments {
  study?: string[];
  data?: string;
  json?: boolean;
  [option: string]: unknown;
}

/** `simulate reproduce [STUDY …]`. */
export function reproduceCommand(exit: Exit): CommandModule<object, ReproduceArguments> {
  return {
    command: 'reproduce [study..]',
    describe: 'reproduce published results, and compare each figure',
    builder: (argv) => {
      const command = argv
        .positional('study', {
          type: 'string',
          array: true,
          defaultDescription: 'all',
          describe: 'studies to run',
        })
        .option('data', {
          type: 'string',
          describe: 'folder of the reference data [$FAIRGROUND_DATA, or ../shared/data]',
        })
        .option('json', { type: 'boolean', describe: 'print one JSON document and nothing else' })
        .example('$0 reproduce openb', 'the GPU packing experiment')
        .epilogue(studyList());
      return withStudyOptions(command) as never;
    },
    handler: (args) => reproduce(args, exit),
  };
}

/** The studies below their heading, with the options of the help above. */
function studyList(): string {
  const column = Math.max(...STUDIES.map(({ name }) => name.length)) + 4;
  return `Studies:\n${STUDIES.map(({ name, about }) => definition(`  ${name}`, about, column)).join('')}`;
}

/** Each parameter of a study is an option of the command. */
function withStudyOptions<T>(argv: Argv<T>): Argv<T> {
  for (const study of STUDIES) {
    for (const { name, about, kind, default: value } of study.parameters) {
      const isSwitch = kind === 'choice' && value === 'no';
      argv.option(name, { type: isSwitch ? 'boolean' : 'string', describe: `${study.name}: ${about}` });
    }
  }
  return argv;
}

async function reproduce(args: ReproduceArguments, exit: Exit): Promise<void> {
  const named = args.study ?? [];
  checkOptions(chosen(named), args);
  const data = referenceData(args.data);
  const results: Record<string, readonly Check[]> = {};
  for (const study of chosen(named)) {
    const settings = studySettings(study, args);
    if (study.needsData(settings) && data === undefined) {
      const problem = `study ${study.name} needs the reference data: give --data DIR or set FAIRGROUND_DATA`;
      if (named.length > 0) throw new InputError({}, problem);
      writeMessage(`skipped: ${problem}`);
      continue;
    }
    results[study.name] = await study.run({ data, settings, progress: (what) => progress(study, what) });
    if (args.json !== true) process.stdout.write(checksText(study, results[study.name]));
  }
  if (args.json === true) process.stdout.write(`${JSON.stringify(results, null, 2)}\n`);
  if (Object.values(results).some((checks) => checks.some((check) => !check.passed))) exit(1);
}

/** @throws InputError for an option of a study that does not run. */
function checkOptions(studies: readonly Study[], args: ReproduceArguments): void {
  for (const other of STUDIES)
    for (const { name } of other.parameters)
      if (
        args[name] !== undefined &&
        !studies.some(({ parameters }) => parameters.some((p) => p.name === name))
      )
        throw new InputError(
          { field: `--${name}` },
          `is an option of the study ${other.name}, expected an option of ${studies.map((one) => one.name).join(', ')}`,
        );
  for (const study of studies) studySettings(study, args);
}

/** @throws InputError when the value of an option is invalid. */
function studySettings(study: Study, args: ReproduceArguments): ParameterValues {
  const given = study.parameters.filter(({ name }) => args[name] !== undefined);
  const values = given.map((parameter) => {
    const value = args[parameter.name];
    const text = typeof value === 'boolean' ? (value ? 'yes' : 'no') : String(value);
    return [parameter.name, parseParameter(parameter, text, { field: `--${parameter.name}` })] as const;
  });
  return new ParameterValues(study.parameters, Object.fromEntries(values));
}

function chosen(names: readonly string[]): readonly Study[] {
  if (names.length === 0) return STUDIES;
  return names.map((name) => {
    const study = STUDIES.find((s) => s.name === name);
    if (study === undefined) {
      const known = STUDIES.map((s) => s.name);
      throw new InputError(
        {},
        `unknown study ${quote(name)}, expected one of ${known.join(', ')}${didYouMean(name, known)}`,
      );
    }
    return study;
  });
}

function progress(study: Study, what: string): void {
  if (process.stderr.isTTY === true) process.stderr.write(pc.dim(`${study.name}: ${what}\n`));
}

function checksText(study: Study, checks: readonly Check[]): string {
  const columns = [
    { title: study.name, align: 'left' as const },
    { title: 'published', align: 'right' as const },
    { title: 'ours', align: 'right' as const },
    { title: 'difference', align: 'left' as const },
    { title: 'verdict', align: 'left' as const },
  ];
  const rows = checks.map((check) => [
    check.what,
    check.published,
    check.ours,
    check.difference,
    check.passed ? (check.verdict ?? 'equal') : 'DIFFERENT',
  ]);
  const failed = checks.filter((check) => !check.passed).length;
  const verdict =
    failed === 0 ? pc.green('reproduced') : pc.red(`${failed} of ${checks.length} checks failed`);
  return `${tableText(columns, rows)}${study.name}: ${verdict}\n\n`;
}
