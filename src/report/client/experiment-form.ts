import { group } from 'd3';
import type { Catalogue, Experiment, Field, OfferedPolicy, PolicyUse, Slider } from '../experiment.js';
import { element } from './element.js';
import { choice, fieldInput, labelled, withValue } from './form-fields.js';
import { type PolicyRow, policyRow } from './policy-row.js';

const MOST_POLICIES = 6;
const MOST_SEEDS = 10;

/** The fields of an experiment, and how to read them. */
export interface ExperimentForm {
  readonly elements: readonly HTMLElement[];
  readonly read: () => Experiment;
}

/** Fields for everything that the reader can change. Values that stay at their default are left out of the experiment. */
export function experimentForm(experiment: Experiment, catalogue: Catalogue): ExperimentForm {
  const policies = policyList(experiment, catalogue.policies);
  const machines = machineFields(experiment.machines || catalogue.machines);
  const until = element('input', { type: 'text', value: experiment.until || catalogue.until, size: '8' });
  const seeds = element('input', {
    type: 'range',
    min: '1',
    max: `${MOST_SEEDS}`,
    value: `${Math.min(MOST_SEEDS, experiment.seeds.length)}`,
  });
  const failures = choice(['', ...catalogue.failures], experiment.failures, 'none');
  const settings = settingFields(experiment.set, catalogue.settings);
  const faults = element(
    'textarea',
    { rows: '2', spellcheck: 'false', placeholder: 'at 2h: kill rack rack-3 for 30m' },
    experiment.faults.join('\n'),
  );
  return {
    elements: [
      policies.element,
      element(
        'div',
        { class: 'fields' },
        ...machines.elements,
        labelled('Length', until),
        withValue('Seeds', seeds),
        ...catalogue.sliders.map((slider) => settingSlider(slider, settings.inputs)),
        labelled('Failures', failures),
        labelled('Faults, one per line', faults),
      ),
      settings.element,
    ],
    read: () => ({
      ...experiment,
      policies: policies.read(),
      machines: machines.read(),
      until: until.value.trim(),
      seeds: seedsFrom(experiment.seeds, Number(seeds.value)),
      failures: failures.value,
      faults: faults.value
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => line !== ''),
      set: settings.read(),
    }),
  };
}

/** The given seeds, then whole numbers that are not among them. */
function seedsFrom(given: readonly string[], count: number): string[] {
  const seeds = given.slice(0, count);
  for (let next = 1; seeds.length < count; next++) if (!seeds.includes(`${next}`)) seeds.push(`${next}`);
  return seeds;
}

function policyList(experiment: Experiment, offered: readonly OfferedPolicy[]) {
  const list = element('ol', { class: 'policies' });
  const rows: PolicyRow[] = [];
  const add = element('button', { type: 'button' }, 'Add a policy');
  const changed = () => {
    add.disabled = rows.length >= MOST_POLICIES;
    for (const row of rows) row.remove.disabled = rows.length === 1;
  };
  const addRow = (use: PolicyUse) => {
    const row = policyRow(use, offered);
    row.remove.addEventListener('click', () => {
      rows.splice(rows.indexOf(row), 1);
      row.element.remove();
      changed();
      add.focus();
    });
    rows.push(row);
    list.append(row.element);
    changed();
  };
  for (const use of experiment.policies) addRow(use);
  add.addEventListener('click', () => addRow({ name: offered[0].name, arguments: {} }));
  return {
    element: element('fieldset', {}, element('legend', {}, 'Policies'), list, add),
    read: () => rows.map((row) => row.read()),
  };
}

/** A slider for the number of machines if they are all equal, and the text of `--machines`. */
function machineFields(machines: string) {
  const text = element('input', { type: 'text', value: machines, size: '28', spellcheck: 'false' });
  const [, count, shape] = /^(\d+)x([^,]+)$/.exec(machines) ?? [];
  if (shape === undefined) return { elements: [labelled('Machines', text)], read: () => text.value.trim() };
  const slider = element('input', { type: 'range', min: '1', max: `${2 * Number(count)}`, value: count });
  slider.addEventListener('input', () => {
    text.value = text.value.replace(/^\d+/, slider.value);
  });
  text.addEventListener('input', () => {
    slider.value = /^\d+/.exec(text.value)?.[0] ?? slider.value;
    slider.dispatchEvent(new Event('follow'));
  });
  return {
    elements: [withValue('Number of machines', slider), labelled('Machines', text)],
    read: () => text.value.trim(),
  };
}

/** A field for each parameter of the workload, in groups by service, and the other settings as lines. */
function settingFields(set: Readonly<Record<string, string>>, fields: readonly Field[]) {
  const names = new Set(fields.map(({ name }) => name));
  const others = Object.entries(set).filter(([key]) => !names.has(key));
  const lines = element(
    'textarea',
    { rows: '2', spellcheck: 'false' },
    others.map(([key, value]) => `${key}=${value}`).join('\n'),
  );
  const inputs = fields.map((field) => ({ field, input: fieldInput(field, set[field.name]) }));
  const groups = group(inputs, ({ field }) => groupOf(field.name));
  return {
    inputs: new Map(inputs.map(({ field, input }) => [field.name, input])),
    element: element(
      'details',
      {},
      element('summary', {}, 'Workload and settings'),
      ...[...groups].map(([name, members]) =>
        element(
          'fieldset',
          {},
          element('legend', {}, name),
          element(
            'div',
            { class: 'fields' },
            ...members.map(({ field, input }) =>
              labelled(name === OTHERS ? field.name : field.name.slice(name.length + 1), input, field.about),
            ),
          ),
        ),
      ),
      labelled('Other settings, one per line: parameter=value', lines),
    ),
    read: () => ({
      ...Object.fromEntries(
        inputs
          .filter(({ field, input }) => input.value.trim() !== field.default)
          .map(({ field, input }) => [field.name, input.value.trim()]),
      ),
      ...Object.fromEntries(
        lines.value
          .split('\n')
          .map((line) => line.trim())
          .filter((line) => line !== '')
          .map((line) => [line.split('=')[0], line.split('=').slice(1).join('=')]),
      ),
    }),
  };
}

/** A slider that writes the field of a setting, and follows it. It is off until the field has a value that fits. */
function settingSlider({ field, label, least, most, text }: Slider, inputs: SettingInputs): HTMLLabelElement {
  const input = inputs.get(field) as SettingInput;
  const slider = element('input', { type: 'range', min: `${least}`, max: `${most}` });
  const [before, after] = text.split('#');
  const numberOf = () => {
    const { value } = input;
    if (!value.startsWith(before) || !value.endsWith(after)) return undefined;
    const number = Number(value.slice(before.length, value.length - after.length));
    return value === '' || Number.isNaN(number) ? undefined : number;
  };
  slider.addEventListener('input', () => {
    input.value = text.replace('#', slider.value);
  });
  const follow = () => {
    slider.value = `${numberOf() ?? least}`;
    slider.dispatchEvent(new Event('follow'));
  };
  input.addEventListener('input', follow);
  const labelled = withValue(label, slider, () => (numberOf() === undefined ? 'not set' : slider.value));
  follow();
  return labelled;
}

type SettingInput = ReturnType<typeof fieldInput>;
type SettingInputs = ReadonlyMap<string, SettingInput>;

const OTHERS = 'workload';

function groupOf(name: string): string {
  return name.includes('.') ? name.slice(0, name.indexOf('.')) : OTHERS;
}
