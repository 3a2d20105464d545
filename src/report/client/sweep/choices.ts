import { element } from '../element.js';
import { type Figure, type FigureParts, figure } from '../figure.js';

/** A picker with its label, for elements above a figure. */
export interface Picker {
  readonly element: HTMLElement;
  readonly value: () => number;
  /** A picker without effect is disabled. */
  readonly disable: (isDisabled: boolean) => void;
}

/** A picker of one of these texts by its number. Groups are shown with headings. */
export function picker(
  label: string,
  groups: readonly { readonly heading?: string; readonly options: readonly (readonly [number, string])[] }[],
  chosen: number,
  changed: () => void,
): Picker {
  const option = ([value, text]: readonly [number, string]) => element('option', { value: `${value}` }, text);
  const select = element(
    'select',
    {},
    ...groups.flatMap(({ heading, options }) =>
      heading === undefined
        ? options.map(option)
        : [element('optgroup', { label: heading }, ...options.map(option))],
    ),
  );
  select.value = `${chosen}`;
  select.addEventListener('change', changed);
  return {
    element: element('label', { class: 'choice' }, `${label} `, select),
    value: () => Number(select.value),
    disable: (isDisabled) => {
      select.disabled = isDisabled;
    },
  };
}

/** A picker of one of these texts by its place. */
export function textPicker(
  label: string,
  texts: readonly string[],
  chosen: number,
  changed: () => void,
): Picker {
  return picker(label, [{ options: texts.map((text, i) => [i, text] as const) }], chosen, changed);
}

/** A figure with pickers, which draws itself again when `redraw` is called. */
export function figureWithPickers(
  make: (redraw: () => void) => FigureParts & { readonly drawn?: () => void },
): Figure {
  let width = 0;
  const redraw = () => {
    inner.draw(width);
    parts.drawn?.();
  };
  const parts = make(redraw);
  const inner = figure(parts);
  return {
    element: inner.element,
    draw: (newWidth) => {
      width = newWidth;
      redraw();
    },
  };
}

/** Pickers side by side above a figure. */
export function pickerRow(...pickers: readonly Picker[]): HTMLElement {
  return element('div', { class: 'choices' }, ...pickers.map((one) => one.element));
}
