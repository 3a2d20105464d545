import type { OfferedPolicy, PolicyUse } from '../experiment.js';
import { element } from './element.js';
import { fieldInput, labelled } from './form-fields.js';

/** A policy of the experiment, with its arguments. */
export interface PolicyRow {
  readonly element: HTMLElement;
  readonly remove: HTMLButtonElement;
  readonly read: () => PolicyUse;
}

/** A list of the policies, and a field for each argument of the chosen one. */
export function policyRow(use: PolicyUse, offered: readonly OfferedPolicy[]): PolicyRow {
  const picker = element(
    'select',
    { 'aria-label': 'Policy' },
    ...offered.map(({ name }) => element('option', { value: name }, name)),
  );
  picker.value = use.name;
  const remove = element('button', { type: 'button' }, 'Remove');
  const summary = element('summary', {});
  const fields = element('div', { class: 'fields' });
  let inputs: {
    readonly name: string;
    readonly initial: string;
    readonly input: ReturnType<typeof fieldInput>;
  }[] = [];
  const given = () =>
    inputs
      .filter(({ initial, input }) => input.value.trim() !== initial)
      .map(({ name, input }) => [name, input.value.trim()]);
  const tell = () => {
    const text = given().map(([name, value]) => `${name}=${value}`);
    summary.textContent = text.length === 0 ? 'Parameters' : text.join(', ');
  };
  const show = (values: Readonly<Record<string, string>>) => {
    const policy = offered.find(({ name }) => name === picker.value) as OfferedPolicy;
    inputs = policy.fields.map((field) => ({
      name: field.name,
      initial: field.default,
      input: fieldInput(field, values[field.name]),
    }));
    fields.replaceChildren(
      ...inputs.map(({ name, input }, i) => labelled(name, input, policy.fields[i].about)),
    );
    tell();
  };
  picker.addEventListener('change', () => show({}));
  fields.addEventListener('input', tell);
  show(use.arguments);
  return {
    element: element('li', {}, picker, element('details', {}, summary, fields), remove),
    remove,
    read: () => ({ name: picker.value, arguments: Object.fromEntries(given()) }),
  };
}
