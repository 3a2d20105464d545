import type { ReportData } from '../report-data.js';
import type { SweepData } from '../sweep/sweep-data.js';
import type { Figure } from './figure.js';
import { type Page, page } from './page.js';
import { sweepPage } from './sweep/sweep-page.js';

/** Minimum width for drawing, because a hidden page has width 0. */
const LEAST_WIDTH = 240;

/** Text width of a printed page. */
const PRINT_WIDTH = 680;

/**
 * Shows a report in place of what the page shows, with `panel` between its contents and its sections. Returns a function that ends the
 * report's listeners; the next report replaces its elements.
 */
export function showReport(data: ReportData, panel: readonly HTMLElement[] = []): () => void {
  return showPage(data.title, (redraw) => page(data, redraw), panel);
}

/** Shows the page of a sweep. */
export function showSweep(data: SweepData): void {
  showPage(
    data.title,
    (redraw) => {
      const { figures, ...parts } = sweepPage(data, redraw);
      return { ...parts, timeFigures: [], otherFigures: figures };
    },
    [],
  );
}

function isInSight({ element }: Figure): boolean {
  const { top, bottom } = element.getBoundingClientRect();
  return bottom > 0 && top < innerHeight;
}

/** A page without time charts has no view of the time. */
type AnyPage = Omit<Page, 'view'> & Partial<Pick<Page, 'view'>>;

function showPage(
  title: string,
  make: (redraw: () => void) => AnyPage,
  panel: readonly HTMLElement[],
): () => void {
  const ending = new AbortController();
  const { signal } = ending;
  const { elements, main, timeFigures, otherFigures, view } = make(() => drawAll(drawnWidth));
  document.title = title;
  const shown = elements.flatMap((one) => (one === main ? [...panel, one] : [one]));
  for (const old of document.querySelectorAll('body > :not(script)'))
    if (!panel.includes(old as HTMLElement)) old.remove();
  document.body.append(...shown);

  let drawnWidth = 0;
  let isPrinting = false;
  let isWaiting = false;
  /** Figures that show another part of the time than the page. */
  let stale: readonly Figure[] = [];

  function drawAll(width: number): void {
    drawnWidth = width;
    stale = [];
    for (const figure of [...timeFigures, ...otherFigures]) figure.draw(width);
  }

  function draw(width: number): void {
    if (width !== drawnWidth && width >= LEAST_WIDTH) drawAll(width);
  }

  draw(main.clientWidth);
  const observer = new ResizeObserver(() => {
    if (!isPrinting) draw(main.clientWidth);
  });
  observer.observe(main);
  signal.addEventListener('abort', () => observer.disconnect());

  // Several changes within a frame are one drawing.
  view?.onChange(() => {
    stale = timeFigures;
    if (!isWaiting) requestAnimationFrame(drawStale);
    isWaiting = true;
  });

  /** Draws the figures in sight, and in each later frame one of the others, so that a zoom is as fast as what its reader sees of it. */
  function drawStale(): void {
    isWaiting = false;
    if (signal.aborted || stale.length === 0) return;
    const inSight = stale.filter(isInSight);
    const now = inSight.length > 0 ? inSight : stale.slice(0, 1);
    stale = stale.filter((figure) => !now.includes(figure));
    for (const figure of now) figure.draw(drawnWidth);
    view?.moveCursor(view.cursor);
    if (stale.length > 0) requestAnimationFrame(drawStale);
    isWaiting = stale.length > 0;
  }

  const opened: HTMLDetailsElement[] = [];
  addEventListener(
    'beforeprint',
    () => {
      isPrinting = true;
      for (const details of document.querySelectorAll<HTMLDetailsElement>('details:not([open])')) {
        details.open = true;
        opened.push(details);
      }
      drawAll(PRINT_WIDTH);
    },
    { signal },
  );
  addEventListener(
    'afterprint',
    () => {
      isPrinting = false;
      for (const details of opened.splice(0)) details.open = false;
      draw(main.clientWidth);
    },
    { signal },
  );
  return () => ending.abort();
}
