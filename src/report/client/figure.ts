import { element } from './element.js';
import { type LegendItem, legendItem } from './legend.js';
import { saveButton } from './save-svg.js';

/** One drawing of a figure. */
export interface Panel {
  /** Above the drawing; empty for none. */
  readonly title: string;
  readonly draw: (width: number) => Element;
}

/** What a figure is made of. */
export interface FigureParts {
  /** File name when it is saved, without its ending. */
  readonly name: string;
  /** For readers who do not see it. */
  readonly label: string;
  readonly caption: string;
  /** Asked for at each drawing. */
  readonly legend: () => readonly LegendItem[];
  readonly panels: readonly Panel[];
  /** Panels stand side by side where each gets so many pixels. */
  readonly panelWidth: number;
  /** Above the drawing, and not part of it. */
  readonly controls?: HTMLElement;
  /** Below the drawing, and not part of it. */
  readonly table?: HTMLElement;
}

/** A figure that can be drawn again when its width or what it shows changes. */
export interface Figure {
  readonly element: HTMLElement;
  readonly draw: (width: number) => void;
}

const MOST_COLUMNS = 3;
const GAP = 20;

/** A figure with its legend, panels and caption. */
export function figure(parts: FigureParts): Figure {
  const legend = element('div', { class: 'legend' });
  const panels = element('div', { class: 'panels' });
  const drawing = element('div', { class: 'drawing' }, legend, panels);
  const caption = element(
    'figcaption',
    {},
    element('span', {}, parts.caption),
    saveButton(parts.name, drawing),
  );
  const others = [parts.table].filter((other) => other !== undefined);
  const controls = [parts.controls].filter((other) => other !== undefined);
  return {
    element: element('figure', { 'aria-label': parts.label }, ...controls, drawing, ...others, caption),
    draw: (width) => {
      legend.replaceChildren(...parts.legend().map(legendItem));
      drawPanels(panels, parts, width);
    },
  };
}

function drawPanels(container: HTMLElement, parts: FigureParts, width: number): void {
  const columns = columnsFor(parts.panels.length, width, parts.panelWidth);
  const panelWidth = Math.floor((width - (columns - 1) * GAP) / columns);
  container.style.gridTemplateColumns = `repeat(${columns}, minmax(0, 1fr))`;
  container.replaceChildren(
    ...parts.panels.map(({ title, draw }) =>
      element('div', { class: 'panel' }, ...titleOf(title), asImage(draw(panelWidth))),
    ),
  );
}

/** Read out by its label, not number by number. */
function asImage(drawing: Element): Element {
  drawing.setAttribute('role', 'img');
  return drawing;
}

function titleOf(title: string): HTMLElement[] {
  return title === '' ? [] : [element('div', { class: 'panel-title in-figure' }, title)];
}

/** As many columns as fit, then as few as the same number of rows needs, so that no row is much shorter than the others. */
function columnsFor(panels: number, width: number, panelWidth: number): number {
  const fitting = Math.min(panels, MOST_COLUMNS, Math.max(1, Math.floor((width + GAP) / (panelWidth + GAP))));
  return Math.ceil(panels / Math.ceil(panels / fitting));
}
