import { element } from '../element.js';
import { withValue } from '../form-fields.js';
import type { RangeSelection } from './range-selection.js';

/** Sliders for the ranges of a selection, which work without a mouse. */
export interface RangeFields {
  readonly element: HTMLElement;
  /** Shows the ranges of the selection. */
  readonly follow: () => void;
}

/** A slider for the lower and one for the upper end of the range of each column. */
export function rangeFields(selection: RangeSelection): RangeFields {
  const fields = selection.columns().map((_, column) => columnField(selection, column));
  return {
    element: element(
      'details',
      {},
      element('summary', {}, 'Select ranges with sliders'),
      element('div', { class: 'range-fields' }, ...fields.map((field) => field.element)),
    ),
    follow: () => {
      for (const { follow } of fields) follow();
    },
  };
}

function columnField(selection: RangeSelection, column: number): RangeFields {
  const current = () => selection.columns()[column];
  const slider = () => element('input', { type: 'range', min: '0', step: '1' });
  const [lower, upper] = [slider(), slider()];
  const text = (end: HTMLInputElement) => () => current().stops[Number(end.value)]?.text ?? '–';
  const labels = [withValue('from', lower, text(lower)), withValue('to', upper, text(upper))];
  const legend = element('legend');
  const changed = (moved: HTMLInputElement, other: HTMLInputElement) => {
    // An end that passes the other one takes it along.
    if (Number(lower.value) > Number(upper.value)) other.value = moved.value;
    selection.select(column, { from: Number(lower.value), to: Number(upper.value) });
  };
  lower.addEventListener('input', () => changed(lower, upper));
  upper.addEventListener('input', () => changed(upper, lower));
  const follow = () => {
    const { name, stops } = current();
    const last = Math.max(0, stops.length - 1);
    const { from, to } = selection.range(column) ?? { from: 0, to: last };
    legend.textContent = name;
    for (const [end, stop] of [
      [lower, from],
      [upper, to],
    ] as const) {
      end.max = `${last}`;
      end.value = `${stop}`;
      end.setAttribute('aria-valuetext', text(end)());
      end.dispatchEvent(new Event('follow'));
    }
  };
  follow();
  return { element: element('fieldset', {}, legend, ...labels), follow };
}
