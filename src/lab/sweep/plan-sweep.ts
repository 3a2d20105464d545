import { InputError, quote } from '../../model/index.js';
import type { Policy } from '../../policies/policy.js';
import { FILES } from '../run/node/run.js';
import { checkRun } from '../run/plan-run.js';
import type { RunSources } from '../run/run-sources.js';
import type { RunSpec } from '../run/run-spec.js';
import { checkWarmUpIsGiven } from '../run/warm-up.js';
import { plannedName } from '../scenario/policy-choice.js';
import { runSpecs } from '../scenario/run-choices.js';
import { choicesOfScenario } from '../scenario/scenario.js';
import { type Axis, type AxisValue, axisText, findAxes, type ScenarioDocument, withValue } from './axis.js';
import { cellId, digestOfFile } from './cell-identity.js';
import {
  checkNamesOfAxes,
  checkPartialPoints,
  type GridPoint,
  includedPoints,
  matches,
  type PartialPoint,
  product,
} from './grid.js';
import { samplePoints } from './sampling.js';
import type { SweepDocument } from './sweep-file.js';

/** One run of a sweep. */
export interface SweepCell {
  /** A digest of everything that the result depends on. */
  readonly id: string;
  /** One text for each axis of the plan; empty if the run does not depend on it. */
  readonly parameters: readonly string[];
  readonly spec: RunSpec;
}

/** The runs of a sweep, in the order of its tables. */
export interface SweepPlan {
  /** Names of the axes beside policy and seed. */
  readonly axes: readonly string[];
  readonly cells: readonly SweepCell[];
}

/** A further axis of the command line: `--vary machines=10x4cpu,20x4cpu`. */
export interface VariedField {
  readonly name: string;
  readonly values: readonly string[];
}

/** Keys of a scenario that `--vary` may name; every other name is a parameter, as in `--set`. */
const VARIED_KEYS = [
  'policy',
  'seed',
  'seeds',
  'workload',
  'trace',
  'format',
  'machines',
  'machineChanges',
  'until',
  'warmUp',
  'failures',
];

/**
 * The cells of a sweep: every combination of the values of its axes, under every policy and seed, each of them checked. Combinations that
 * differ only in a parameter that their policy does not have are one cell. `note` gets a line for each parameter under its former name.
 * @throws InputError for a mistake in any cell; the place has the path in the document.
 */
export async function planSweep(
  document: SweepDocument,
  varied: readonly VariedField[],
  note: (line: string) => void,
): Promise<SweepPlan> {
  try {
    return await planOf(document, varied, note);
  } catch (error) {
    throw error instanceof InputError ? placedAtVary(error, varied) : error;
  }
}

/** Parameters of `--vary` are checked as those of `--set` are. The error names the option that the user gave. */
function placedAtVary(error: InputError, varied: readonly VariedField[]): InputError {
  const { field, path = [] } = error.place;
  const axis = varied.find(
    ({ name }) => field === `--set ${name}` || (path[0] === 'set' && path[1] === name),
  );
  if (axis === undefined) return error;
  return new InputError({ field: `--vary ${axis.name}` }, error.problem, error.found);
}

async function planOf(
  { scenario, include, exclude, sample }: SweepDocument,
  varied: readonly VariedField[],
  note: (line: string) => void,
): Promise<SweepPlan> {
  const found = findAxes(withVaried(scenario, varied));
  const seeds = found.axes.filter(({ name }) => name === 'seed');
  if (seeds.length > 0 && scenario.seed !== undefined && scenario.seeds !== undefined)
    throw new InputError({ field: 'seeds', path: ['seeds'] }, 'contradicts the seed; give one of them');
  const sampled = sample === undefined ? [new Map()] : await samplePoints(sample);
  const sampledNames = Object.keys(sample?.axes ?? {});
  const axes = found.axes.filter((axis) => !seeds.includes(axis));
  checkNamesOfAxes([...found.axes, ...sampledNames.map(axisOfName)]);
  const names = [...axes.map(({ name }) => name), ...sampledNames];
  for (const [key, entries] of Object.entries({ include, exclude }) as [
    'include' | 'exclude',
    typeof include,
  ][])
    checkPartialPoints(key, entries, [...names, 'policy', 'seed']);
  const start = seeds.reduce((document, axis) => withSeeds(document, axis), found.first);

  const grid = sampled.flatMap((point) => product(axes).map((of) => new Map([...point, ...of])));
  const cells = new CellList(names, note);
  for (const point of grid)
    await cells.add(
      documentAt(start, axes, point),
      point,
      (texts) => !exclude.some((entry) => matches(texts, entry)),
    );
  const included = { axes, sampled: sampledNames.map(axisOfName), start };
  for (const [i, entry] of include.entries())
    try {
      await addIncluded(cells, entry, included);
    } catch (error) {
      if (!(error instanceof InputError) || error.place.file !== undefined) throw error;
      throw new InputError({ field: `include.${i}`, path: ['include', i] }, error.message);
    }
  if (cells.all.length === 0) throw new InputError({ field: 'exclude', path: ['exclude'] }, 'leaves no run');
  return { axes: names, cells: cells.all };
}

/** Adds the runs of an entry of `include`. @throws InputError */
async function addIncluded(
  cells: CellList,
  { policy, seed, ...others }: PartialPoint,
  {
    axes,
    sampled,
    start,
  }: { readonly axes: readonly Axis[]; readonly sampled: readonly Axis[]; readonly start: ScenarioDocument },
): Promise<void> {
  const missing = sampled.find(({ name }) => !Object.hasOwn(others, name));
  if (missing !== undefined)
    throw new InputError({}, `has no value of ${quote(missing.name)}, which is sampled`);
  let document = start;
  if (policy !== undefined)
    document = { ...document, policy: [policy].flat().map(axisText), policies: undefined };
  if (seed !== undefined)
    document = withSeeds(document, { ...axisOfName('seed'), values: [seed].flat() as AxisValue[] });
  for (const point of includedPoints([...axes, ...sampled], [others]))
    await cells.add(documentAt(document, axes, point), point, () => true);
}

/** The scenario with further axes. @throws InputError when it has such an axis already. */
function withVaried(scenario: ScenarioDocument, varied: readonly VariedField[]): ScenarioDocument {
  let document = scenario;
  const seen = new Set(findAxes(scenario).axes.map(({ name }) => name));
  for (const { name, values } of varied) {
    const axis = name === 'seeds' ? 'seed' : name;
    const place = { field: `--vary ${name}` };
    if (seen.has(axis)) throw new InputError(place, 'is an axis already; give its values once');
    seen.add(axis);
    const path = VARIED_KEYS.includes(name) ? [axis] : ['set', name];
    const twice = values.find((value, i) => values.indexOf(value) !== i);
    if (twice !== undefined) throw new InputError(place, `has the value ${quote(twice)} twice`);
    if (axis === 'policy') document = { ...document, policies: undefined };
    if (axis === 'seed') document = { ...document, seeds: undefined };
    document = withValue(document, path, [...values]);
  }
  return document;
}

function axisOfName(name: string): Axis {
  return { name, path: VARIED_KEYS.includes(name) ? [name] : ['set', name], values: [] };
}

function withSeeds(document: ScenarioDocument, { values }: Axis): ScenarioDocument {
  return { ...document, seed: undefined, seeds: values.map(axisText).join(',') };
}

function documentAt(start: ScenarioDocument, axes: readonly Axis[], point: GridPoint): ScenarioDocument {
  let document = start;
  for (const [name, value] of point)
    document = withValue(document, (axes.find((axis) => axis.name === name) ?? axisOfName(name)).path, value);
  return document;
}

/** The cells of a plan, each once. */
class CellList {
  readonly all: SweepCell[] = [];
  private readonly names: readonly string[];
  private readonly note: (line: string) => void;
  private readonly seen = new Map<string, { readonly parameters: string[] }>();
  private readonly policies = new Map<string, Policy>();
  private readonly sources = rememberedSources(FILES);
  private readonly digest = remembered(digestOfFile);

  constructor(names: readonly string[], note: (line: string) => void) {
    this.names = names;
    const noted = new Set<string>();
    this.note = (line) => {
      if (!noted.has(line)) note(line);
      noted.add(line);
    };
  }

  /** Adds the runs of a scenario that are wanted, by the texts of their axes. @throws InputError */
  async add(
    document: ScenarioDocument,
    point: GridPoint,
    isWanted: (texts: ReadonlyMap<string, string>) => boolean,
  ): Promise<void> {
    const choices = choicesOfScenario(document);
    const parameters = this.names.map((name) => axisText(point.get(name) ?? ''));
    const checked = new Set<string>();
    for (const spec of await runSpecs(choices, this.note, this.policies)) {
      const texts = new Map<string, string>(this.names.map((name, i) => [name, parameters[i]]));
      texts.set('policy', plannedName(spec)).set('seed', spec.seed);
      if (!isWanted(texts)) continue;
      checkWarmUpIsGiven(spec, 'each run of a sweep is made alone');
      if (!checked.has(spec.policy)) await checkRun(spec, this.sources);
      checked.add(spec.policy);
      const id = await cellId(spec, this.sources, this.digest);
      const same = this.seen.get(id);
      if (same === undefined) {
        const cell = { id, parameters: [...parameters], spec };
        this.seen.set(id, cell);
        this.all.push(cell);
        continue;
      }
      // The run does not depend on an axis in which both differ, such as a parameter of another policy.
      for (const [i, text] of parameters.entries()) if (same.parameters[i] !== text) same.parameters[i] = '';
    }
  }
}

/** Cells share policies and workloads; a trace is hashed once. */
function rememberedSources(sources: RunSources): RunSources {
  const workload = remembered((key: string) => sources.workload(JSON.parse(key)));
  const { policyDigest } = sources;
  return {
    ...sources,
    policy: remembered((name: string) => sources.policy(name)),
    ...(policyDigest !== undefined && { policyDigest: remembered((name: string) => policyDigest(name)) }),
    workload: (choice) => workload(JSON.stringify(choice)),
  };
}

function remembered<T>(compute: (key: string) => T): (key: string) => T {
  const known = new Map<string, T>();
  return (key) => {
    if (!known.has(key)) known.set(key, compute(key));
    return known.get(key) as T;
  };
}
