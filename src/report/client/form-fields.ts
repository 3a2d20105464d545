import type { Field } from '../experiment.js';
import { element } from './element.js';

/** The field of a parameter: a list of its choices, or text. */
export function fieldInput(field: Field, value = field.default): HTMLInputElement | HTMLSelectElement {
  if (field.choices !== null) return choice(field.choices, value);
  return element('input', { type: 'text', value, size: '10', spellcheck: 'false' });
}

/** A list of values. `empty` is shown for the empty text. */
export function choice(values: readonly string[], chosen: string, empty = ''): HTMLSelectElement {
  const picker = element(
    'select',
    {},
    ...values.map((value) => element('option', { value }, value === '' ? empty : value)),
  );
  picker.value = chosen;
  return picker;
}

/** A field with its name above, and what it means as a hint. */
export function labelled(name: string, field: HTMLElement, about = ''): HTMLLabelElement {
  return element('label', about === '' ? {} : { title: about }, element('span', {}, name), field);
}

/**
 * A slider with its name and its value. The value is no `output`: a label belongs to the first field in it, which must be the slider. It
 * is shown again after the events `input` and `follow` of the slider.
 */
export function withValue(
  name: string,
  slider: HTMLInputElement,
  text = () => slider.value,
): HTMLLabelElement {
  const value = element('span', { class: 'value' }, text());
  const follow = () => {
    value.textContent = text();
  };
  slider.addEventListener('input', follow);
  slider.addEventListener('follow', follow);
  return element('label', {}, element('span', {}, `${name}: `, value), slider);
}
