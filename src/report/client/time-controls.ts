import { element } from './element.js';
import { secondsText } from './number-text.js';
import { type Drawn, hasSeveralSeeds } from './time-figures.js';

const ALL = 'all';
const POSITIONS = 500;

/** The controls of all time charts: seed picker, zoom, and a cursor for the keyboard. They stay in sight while the page scrolls. */
export function timeControls(drawn: Drawn): HTMLElement {
  const { view } = drawn;
  const part = element('output', { class: 'part' });
  const whole = button('Whole run', 'Show the whole run', () => view.whole());
  const cursor = element('input', {
    type: 'range',
    min: '0',
    max: `${POSITIONS}`,
    value: '0',
    'aria-label': 'Cursor of all time charts',
  });
  cursor.addEventListener('input', () =>
    view.moveCursor(view.from + (Number(cursor.value) / POSITIONS) * (view.to - view.from)),
  );
  const follow = () => {
    part.textContent = `${secondsText(Math.round(view.from))} to ${secondsText(Math.round(view.to))}`;
    whole.disabled = view.isWhole;
    cursor.setAttribute(
      'aria-valuetext',
      view.cursor === undefined ? 'off' : secondsText(Math.round(view.cursor)),
    );
  };
  view.onChange(follow);
  view.onCursor(() => {
    follow();
    return 'keep';
  });
  follow();
  const shift = (share: number) => () => {
    const step = share * (view.to - view.from);
    view.zoom(view.from + step, view.to + step);
  };
  return element(
    'div',
    { class: 'controls', role: 'toolbar', 'aria-label': 'Time charts' },
    ...(hasSeveralSeeds(drawn) ? [element('label', {}, 'Seed ', seedPicker(drawn))] : []),
    element(
      'span',
      { class: 'zoom' },
      button('−', 'Zoom out', () => view.zoomBy(2)),
      button('+', 'Zoom in', () => view.zoomBy(0.5)),
      button('←', 'Earlier', shift(-0.5)),
      button('→', 'Later', shift(0.5)),
      whole,
    ),
    part,
    element('label', { class: 'cursor-input' }, 'Cursor ', cursor),
  );
}

function seedPicker({ policies, view }: Drawn): HTMLSelectElement {
  const seeds = [...new Set(policies.flatMap(({ runs }) => runs.map(({ seed }) => seed)))];
  const picker = element(
    'select',
    { class: 'seed' },
    element('option', { value: ALL }, 'all, mean and range'),
    ...seeds.map((seed, i) => element('option', { value: `${i}` }, seed)),
  );
  picker.addEventListener('change', () => {
    const seed = seeds[Number(picker.value)];
    view.choose(picker.value === ALL ? { kind: 'all' } : { kind: 'one', seed });
  });
  return picker;
}

function button(text: string, label: string, pressed: () => void): HTMLButtonElement {
  const made = element('button', { type: 'button', 'aria-label': label, title: label }, text);
  made.addEventListener('click', pressed);
  return made;
}
