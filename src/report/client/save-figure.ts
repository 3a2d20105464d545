import { element, svgElement } from './element.js';
import { solidColor } from './palette.js';

/** A row of a CSV file. */
export type CsvRow = readonly (string | number)[];

/** What a figure saves. */
export interface Saved {
  /** File name without extension. */
  readonly name: string;
  readonly drawing: HTMLElement;
  /** The numbers of the figure, with a header. */
  readonly rows: () => readonly CsvRow[];
}

/** A PNG has this many pixels per pixel of the page, so that it is sharp on paper. */
const PNG_SCALE = 2;

/** Buttons that save a figure with its legend as PNG or SVG, and its numbers as CSV. */
export function saveButtons(saved: Saved): HTMLElement {
  const button = (format: string, save: () => void) => {
    const made = element(
      'button',
      { type: 'button', 'aria-label': `Save figure ${saved.name} as ${format}` },
      format,
    );
    made.addEventListener('click', save);
    return made;
  };
  return element(
    'span',
    { class: 'save' },
    button('PNG', () => void savePng(saved)),
    button('SVG', () => saveText(saved, 'svg', 'image/svg+xml', svgText(saved))),
    button('CSV', () => saveText(saved, 'csv', 'text/csv', csvText(saved.rows()))),
  );
}

function saveText({ name }: Saved, extension: string, type: string, text: string): void {
  saveFile(`${name}.${extension}`, new Blob([text], { type }));
}

/** Saves a file as the browser saves downloads. */
export function saveFile(name: string, file: Blob): void {
  const link = element('a', { download: name, href: URL.createObjectURL(file) });
  link.click();
  URL.revokeObjectURL(link.href);
}

/** RFC 4180. A cell that a spreadsheet would run as a formula is written as text. */
function csvText(rows: readonly CsvRow[]): string {
  const cell = (value: string | number) => {
    if (typeof value === 'number') return Number.isFinite(value) ? String(Number(value.toPrecision(6))) : '';
    const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return rows.map((row) => `${row.map(cell).join(',')}\n`).join('');
}

function svgText({ drawing }: Saved): string {
  return new XMLSerializer().serializeToString(asOneSvg(drawing));
}

async function savePng(saved: Saved): Promise<void> {
  const svg = asOneSvg(saved.drawing);
  const [width, height] = ['width', 'height'].map((side) => Number(svg.getAttribute(side)) * PNG_SCALE);
  const image = new Image(width, height);
  image.src = `data:image/svg+xml,${encodeURIComponent(new XMLSerializer().serializeToString(svg))}`;
  await image.decode();
  const canvas = element('canvas', { width: `${width}`, height: `${height}` });
  canvas.getContext('2d')?.drawImage(image, 0, 0, width, height);
  canvas.toBlob((file) => {
    if (file !== null) saveFile(`${saved.name}.png`, file);
  });
}

/** All parts of the drawing in one SVG, at their positions on the page, on its background. */
function asOneSvg(drawing: HTMLElement): SVGSVGElement {
  const frame = drawing.getBoundingClientRect();
  const [width, height] = [Math.ceil(frame.width), Math.ceil(frame.height)];
  const page = getComputedStyle(document.documentElement);
  const whole = svgElement('svg', {
    xmlns: 'http://www.w3.org/2000/svg',
    width: `${width}`,
    height: `${height}`,
    viewBox: `0 0 ${width} ${height}`,
    color: page.color,
    'font-family': 'Helvetica, Arial, sans-serif',
  });
  whole.append(svgElement('rect', { width: `${width}`, height: `${height}`, fill: page.backgroundColor }));
  for (const part of drawing.querySelectorAll('canvas')) whole.append(imageOf(part, frame));
  for (const part of drawing.querySelectorAll('svg')) whole.append(copyOf(part, frame));
  for (const text of drawing.querySelectorAll<HTMLElement>('.in-figure')) whole.append(textOf(text, frame));
  return whole;
}

function imageOf(part: HTMLCanvasElement, frame: DOMRect): SVGElement {
  const { x, y, width, height } = part.getBoundingClientRect();
  return svgElement('image', {
    ...placed(x - frame.x, y - frame.y, width, height),
    href: part.toDataURL(),
  });
}

function placed(x: number, y: number, width: number, height: number) {
  return { x: `${x}`, y: `${y}`, width: `${width}`, height: `${height}` };
}

function copyOf(part: SVGSVGElement, frame: DOMRect): SVGElement {
  const copy = part.cloneNode(true) as SVGSVGElement;
  const { x, y, width, height } = part.getBoundingClientRect();
  for (const [name, value] of Object.entries(placed(x - frame.x, y - frame.y, width, height)))
    copy.setAttribute(name, value);
  copy.removeAttribute('style');
  copy.removeAttribute('font-family');
  copy.setAttribute('font-size', getComputedStyle(part).fontSize);
  for (const mark of copy.querySelectorAll('.cursor, .brush')) mark.remove();
  withPlainColors(copy);
  return copy;
}

/** Variables of the page's style sheet do not exist in a file, so their values are written out. */
function withPlainColors(copy: SVGElement): void {
  for (const mark of [copy, ...copy.querySelectorAll('*')])
    for (const name of ['fill', 'stroke', 'stop-color']) {
      const color = mark.getAttribute(name);
      if (color !== null) mark.setAttribute(name, solidColor(color));
    }
}

function textOf(text: HTMLElement, frame: DOMRect): SVGTextElement {
  const { x, y, height } = text.getBoundingClientRect();
  const { fontSize, fontWeight } = getComputedStyle(text);
  return svgElement(
    'text',
    {
      x: `${x - frame.x}`,
      y: `${y - frame.y + height / 2}`,
      'dominant-baseline': 'central',
      'font-size': fontSize,
      'font-weight': fontWeight,
      fill: 'currentColor',
    },
    text.textContent,
  );
}
