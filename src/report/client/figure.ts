import { element } from './element.js';
import { type LegendItem, legendItem } from './legend.js';
import { saveButton } from './save-svg.js';

/** One drawing of a figure. */
export interface Panel {
  /** Title above the drawing; empty for none. */
  readonly title: string;
  readonly draw: (width: number) => Element;
}

/** The parts of a figure. */
export interface FigureParts {
  /** File name for saving, without extension. */
  readonly name: string;
  /** Label for screen readers. */
  readonly label: string;
  readonly caption: string;
  /** Called at each drawing. */
  readonly legend: () => readonly LegendItem[];
  readonly panels: readonly Panel[];
  /** Minimum width of a panel in pixels; panels are placed side by side if they fit. */
  readonly panelWidth: number;
  /** Elements above the drawing; not part of the saved file. */
  readonly controls?: HTMLElement;
  /** Elements below the drawing; not part of the saved file. */
  readonly table?: HTMLElement;
}

/** A figure that can be redrawn when its width or its content changes. */
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

/** Marked as an image, so that screen readers read its label and not each number. */
function asImage(drawing: Element): Element {
  drawing.setAttribute('role', 'img');
  return drawing;
}

function titleOf(title: string): HTMLElement[] {
  return title === '' ? [] : [element('div', { class: 'panel-title in-figure' }, title)];
}

/** The number of columns: as many as fit, reduced to the fewest with the same number of rows, so that rows have similar lengths. */
function columnsFor(panels: number, width: number, panelWidth: number): number {
  const fitting = Math.min(panels, MOST_COLUMNS, Math.max(1, Math.floor((width + GAP) / (panelWidth + GAP))));
  return Math.ceil(panels / Math.ceil(panels / fitting));
}
