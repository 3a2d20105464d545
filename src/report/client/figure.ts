import { element } from './element.js';
import { type LegendItem, legendItem } from './legend.js';
import { type CsvRow, saveButtons } from './save-figure.js';

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
  readonly title: string;
  /** What is drawn, and over what. Called at each drawing. */
  readonly caption: () => string;
  /** Called at each drawing. */
  readonly legend: () => readonly LegendItem[];
  /** Called at each drawing. */
  readonly panels: () => readonly Panel[];
  /** Minimum width of a panel in pixels; panels are placed side by side if they fit. */
  readonly panelWidth: number;
  /** The numbers of the figure, with a header. */
  readonly rows: () => readonly CsvRow[];
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

const MOST_COLUMNS = 4;
const GAP = 20;
/** A wider drawing is no easier to read. */
const WIDEST_PANEL = 1240;

let count = 0;

/** A figure with its title, legend, panels and caption. */
export function figure(parts: FigureParts): Figure {
  const id = `figure-${++count}`;
  const legend = element('div', { class: 'legend' });
  const panels = element('div', { class: 'panels' });
  const drawing = element('div', { class: 'drawing' }, legend, panels);
  const captionText = element('span');
  const { name, rows } = parts;
  const caption = element('figcaption', {}, captionText, saveButtons({ name, drawing, rows }));
  const others = [parts.table].filter((other) => other !== undefined);
  const controls = [parts.controls].filter((other) => other !== undefined);
  return {
    element: element(
      'figure',
      { 'aria-labelledby': id },
      element('h3', { id }, parts.title),
      ...controls,
      drawing,
      ...others,
      caption,
    ),
    draw: (width) => {
      captionText.textContent = parts.caption();
      legend.replaceChildren(...parts.legend().map(legendItem));
      drawPanels(panels, parts, width);
    },
  };
}

function drawPanels(container: HTMLElement, { panels, panelWidth }: FigureParts, width: number): void {
  const all = panels();
  const columns = columnsFor(all.length, width, panelWidth);
  const each = Math.min(WIDEST_PANEL, Math.floor((width - (columns - 1) * GAP) / columns));
  container.style.gridTemplateColumns = `repeat(${columns}, minmax(0, ${each}px))`;
  container.replaceChildren(
    ...all.map(({ title, draw }) =>
      element('div', { class: 'panel' }, ...titleOf(title), asImage(draw(each))),
    ),
  );
}

/** Marked as an image, so that screen readers read its label and not each number. */
function asImage(drawing: Element): Element {
  for (const svg of [drawing, ...drawing.querySelectorAll('svg')])
    if (svg instanceof SVGSVGElement) svg.setAttribute('role', 'img');
  return drawing;
}

function titleOf(title: string): HTMLElement[] {
  return title === '' ? [] : [element('div', { class: 'panel-title in-figure' }, title)];
}

/** The number of columns: as many as fit, reduced to the fewest with the same number of rows, so that rows have similar lengths. */
function columnsFor(panels: number, width: number, panelWidth: number): number {
  const fitting = Math.min(panels, MOST_COLUMNS, Math.max(1, Math.floor((width + GAP) / (panelWidth + GAP))));
  return Math.max(1, Math.ceil(panels / Math.ceil(panels / fitting)));
}
