import { didYouMean, InputError, quote } from '../model/index.js';

/** What is known about the command line when the parser reports a problem. */
export interface UsageScene {
  readonly args: readonly string[];
  /** Options of the command, with their letters. */
  readonly options: readonly string[];
  /** Commands at the level of the problem; none if the command has no subcommands. */
  readonly commands: readonly string[];
  /** Such as `$0 policy show <policy>`. */
  readonly usage: string;
}

/** A problem of the parser in the form of other mistakes. */
export function usageMistake(problem: string, scene: UsageScene): InputError {
  return choiceMistake(problem) ?? missingMistake(problem, scene) ?? unknownMistake(problem, scene);
}

function choiceMistake(problem: string): InputError | undefined {
  const match = /^Invalid values:\s+Argument: ([\w-]+), Given: "(.*)", Choices: (.*)$/s.exec(problem);
  if (match === null) return undefined;
  const [, name, found, list] = match;
  const choices = list.split('\n')[0].replaceAll('"', '').split(', ');
  return InputError.expected({ field: `--${name}` }, found, `one of ${choices.join(', ')}`, choices);
}

function missingMistake(problem: string, { usage }: UsageScene): InputError | undefined {
  const option = /^Missing required arguments?: ([\w-]+)/.exec(problem)?.[1];
  if (option !== undefined) return InputError.expected({ field: `--${option}` }, '', 'a value');
  const got = /^Not enough non-option arguments: got (\d+), need at least \d+$/.exec(problem)?.[1];
  if (got === undefined) return undefined;
  const names = [...usage.matchAll(/<([^>.]+)(?:\.\.)?>/g)].map(([, name]) => name);
  const name = names[Number(got)] ?? names[0] ?? 'an argument';
  return InputError.expected({ field: name }, '', `a value, as in ${usage.replace('$0', 'simulate')}`);
}

function unknownMistake(problem: string, { args, options, commands }: UsageScene): InputError {
  const message = withoutTwin(problem);
  const name = /^Unknown argument: (\S+)$/.exec(message)?.[1];
  if (name === undefined) return new InputError({}, `${message} (simulate --help)`);
  if (args.includes(name) && commands.length > 0)
    return new InputError(
      {},
      `unknown command ${quote(name)}, expected one of ${commands.join(', ')}${didYouMean(name, commands)}`,
    );
  const near = didYouMean(
    name,
    options.filter((option) => option.length > 1),
  ).replace(/(\S+)\?$/, '--$1?');
  return new InputError({}, `${message}${args.includes(name) ? '' : near} (simulate --help)`);
}

/** The parser reports an unknown `--jobs-ot` also as jobsOt. */
function withoutTwin(message: string): string {
  return message.replace(/^Unknown arguments: ([\w-]+), (\w+)$/, (all, name: string, twin: string) =>
    name.replaceAll('-', '').toLowerCase() === twin.toLowerCase() ? `Unknown argument: ${name}` : all,
  );
}

/** `-m -5x16cpu` as `-m=-5x16cpu`, because the parser would take the value as a group of letters. */
export function withNegativeValues(args: readonly string[]): string[] {
  const joined: string[] = [];
  for (const arg of args) {
    const before = joined.at(-1);
    if (/^-\d/.test(arg) && before !== undefined && /^(-[A-Za-z]|--[A-Za-z][\w-]*)$/.test(before))
      joined[joined.length - 1] = `${before}=${arg}`;
    else joined.push(arg);
  }
  return joined;
}

/** `--json=maybe` is a mistake, which the parser would read as no. @throws InputError */
export function checkSwitches(args: readonly string[], switches: readonly string[]): void {
  for (const arg of args) {
    const [, name, value] = /^--?([\w-]+)=(.*)$/s.exec(arg) ?? [];
    if (name !== undefined && switches.includes(name) && value !== 'true' && value !== 'false')
      throw InputError.expected(
        { field: name.length > 1 ? `--${name}` : `-${name}` },
        value,
        'no value: the option is a switch',
      );
  }
}
