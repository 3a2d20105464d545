import { DURATION_FORM, InputError, type Micros, parseDuration, quote } from '../../model/index.js';
import type { Policy } from '../../policies/policy.js';
import { failurePresetNamed } from '../../sim/failures/presets.js';
import type { Tenant } from '../extensions/tenants/tenants.js';
import type { RunSpec, WarmUp } from '../run/run-spec.js';
import type { WorkloadChoice } from '../workload/workload.js';
import { choosePolicies } from './policy-choice.js';
import { composeServices, type ScenarioServices, type ServiceChoice } from './service-choice.js';

/** The choices of a run, from options or a scenario file. */
export interface RunChoices {
  policy?: string | readonly string[] | undefined;
  workload?: string | undefined;
  trace?: string | undefined;
  format?: string | undefined;
  machines?: string | undefined;
  /** A file of changes of machines. */
  machineChanges?: string | undefined;
  seed?: string | undefined;
  seeds?: string | undefined;
  until?: string | undefined;
  /** A duration, or `mser-5`. */
  warmUp?: string | undefined;
  /** A failure preset, or a file of outages. */
  failures?: string | undefined;
  /** A fault script, one fault per entry. */
  faults?: readonly string[] | undefined;
  /** An operations script, one operation per entry. */
  operations?: readonly string[] | undefined;
  /** The tenants that share the cluster. */
  tenants?: readonly Tenant[] | undefined;
  /** The services of the workload, from a scenario file. */
  services?: ScenarioServices | undefined;
  /** Services in addition to these. */
  add?: readonly string[] | undefined;
  set: Readonly<Record<string, string>>;
}

/**
 * Every policy under every seed. `note` gets a line for each parameter that is set under its former name. `cache` keeps
 * loaded policies for the next call.
 * @throws InputError when choices are invalid or contradict each other.
 */
export async function runSpecs(
  choices: RunChoices,
  note: (line: string) => void,
  cache?: Map<string, Policy>,
): Promise<RunSpec[]> {
  const composed = composedChoice(choices);
  const until = duration('--until', choices.until);
  const warmUp = warmUpOf(choices.warmUp);
  const seeds = seedsOf(choices);
  const set = { ...composed?.set, ...choices.set };
  const policies = await choosePolicies(choices.policy, set, note, cache);
  return policies.flatMap((policy) =>
    seeds.map((seed) => ({
      ...policy,
      workload: workloadChoice(choices, composed),
      ...(choices.machines !== undefined && { machines: choices.machines }),
      ...(choices.machineChanges !== undefined && { machineChanges: choices.machineChanges }),
      seed,
      ...(until !== undefined && { until }),
      ...(warmUp !== undefined && { warmUp }),
      ...(choices.operations !== undefined && { operations: choices.operations }),
      ...(choices.tenants !== undefined && { tenants: choices.tenants }),
      ...failureChoice({ ...choices, set }),
    })),
  );
}

/** The failures of a run, from a preset and faults. A file of outages becomes the setting `failures.trace`. */
function failureChoice({ failures, faults = [], set }: RunChoices): Pick<RunSpec, 'failures' | 'set'> {
  const isFile = failures?.endsWith('.csv') === true;
  const preset = isFile ? undefined : failures;
  if (preset !== undefined) failurePresetNamed(preset);
  return {
    ...((failures !== undefined || faults.length > 0) && {
      failures: { ...(preset !== undefined && { preset }), ...(faults.length > 0 && { faults }) },
    }),
    set: isFile ? { ...set, 'failures.trace': failures } : set,
  };
}

/** `['a=1', 'b=2']` as a record. @throws InputError */
export function settings(pairs: readonly string[]): Record<string, string> {
  const set = new Map<string, string>();
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    if (at < 1) throw InputError.expected({ field: '--set' }, pair, 'parameter=value');
    const key = pair.slice(0, at);
    if (set.has(key)) throw new InputError({ field: '--set' }, `${quote(key)} is given twice`);
    set.set(key, pair.slice(at + 1));
  }
  return Object.fromEntries(set);
}

/** undefined when the workload is not composed of services. @throws InputError */
function composedChoice({ services, add, trace }: RunChoices): ServiceChoice | undefined {
  if (services === undefined && add === undefined) return undefined;
  if (trace !== undefined)
    throw new InputError(
      { field: '--trace' },
      'contradicts the services; services are added to a generated workload, and a trace is replayed',
    );
  return composeServices(services, add ?? []);
}

function workloadChoice(choices: RunChoices, composed: ServiceChoice | undefined): WorkloadChoice {
  const { workload, trace, format } = choices;
  if (composed !== undefined)
    return {
      kind: 'generated',
      name: workload ?? 'services',
      services: composed.services,
      ...(composed.after !== undefined && { after: composed.after }),
    };
  if (trace === undefined) {
    if (format !== undefined)
      throw new InputError({ field: '--format' }, 'is the format of a trace; it needs --trace FILE');
    return { kind: 'generated', name: workload ?? 'smack' };
  }
  if (workload !== undefined)
    throw new InputError({ field: '--trace' }, 'contradicts the workload; give one of them');
  return { kind: 'trace', path: trace, ...(format !== undefined && { format }) };
}

const MAX_SEEDS = 10_000;

const SEEDS_FORM = 'whole numbers and ranges, such as 1-10 or 1,2,5';

function seedsOf(choices: RunChoices): string[] {
  const { seed, seeds } = choices;
  if (seeds === undefined) return [seed ?? '1'];
  if (seed !== undefined)
    throw new InputError({ field: '--seeds' }, 'contradicts the seed; give one of them');
  const all = list('--seeds', seeds).flatMap((part) => {
    const range = /^(\d+)-(\d+)$/.exec(part);
    if (range === null && !/^\d+$/.test(part))
      throw InputError.expected({ field: '--seeds' }, part, SEEDS_FORM);
    if (range === null) return [part];
    const [from, to] = [Number(range[1]), Number(range[2])];
    if (to < from || to - from >= MAX_SEEDS)
      throw InputError.expected(
        { field: '--seeds' },
        part,
        `a range such as 1-10, of at most ${MAX_SEEDS} seeds`,
      );
    return Array.from({ length: to - from + 1 }, (_, i) => String(from + i));
  });
  const known = new Set<string>();
  for (const one of all) {
    if (known.has(one)) throw new InputError({ field: '--seeds' }, `${quote(one)} is given twice`);
    known.add(one);
  }
  return all;
}

function list(option: string, text: string): string[] {
  const parts = text.split(',').map((part) => part.trim());
  if (parts.some((part) => part === ''))
    throw InputError.expected({ field: option }, text, 'names joined by commas');
  const twice = parts.find((part, i) => parts.indexOf(part) !== i);
  if (twice !== undefined) throw new InputError({ field: option }, `${quote(twice)} is given twice`);
  return parts;
}

/** Undefined without a warm-up. @throws InputError */
function warmUpOf(text = '0'): WarmUp | undefined {
  if (text === 'mser-5') return { rule: 'mser-5' };
  const lasts = parseDuration(text);
  if (lasts === undefined || !Number.isFinite(lasts))
    throw InputError.expected({ field: '--warm-up' }, text, `${DURATION_FORM}, or mser-5`, ['mser-5']);
  return lasts === 0 ? undefined : { rule: 'time', lasts };
}

/** The duration that an option gives; undefined when it is left out. @throws InputError */
export function duration(option: string, text: string | undefined): Micros | undefined {
  if (text === undefined) return undefined;
  const value = parseDuration(text);
  if (value === undefined || value === 0)
    throw InputError.expected({ field: option }, text, `${DURATION_FORM}, longer than 0`);
  return value;
}
